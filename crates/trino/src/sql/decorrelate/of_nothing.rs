//! What aggregations yield of no rows.

use datafusion::{
    common::{DFSchema, ScalarValue},
    error::Result,
    logical_expr::{Expr, execution_props::ExecutionProps, physical_planning_context::PhysicalPlanningContext},
    physical_expr::aggregate::LoweredAggregateBuilder,
};

/// The value of an aggregation over rows of this schema if there are none.
pub(super) fn of_nothing(aggregate: &Expr, rows: &DFSchema) -> Result<ScalarValue> {
    let (props, context) = (ExecutionProps::new(), PhysicalPlanningContext::default());
    let lowered = LoweredAggregateBuilder::new(aggregate, rows, rows.as_arrow(), &props, &context).build()?;
    lowered.aggregate.create_accumulator()?.evaluate()
}
