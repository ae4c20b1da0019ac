//! No rows, of columns that keep their names.
//!
//! The engine's plans carry of an empty relation only that it is one (`EmptyRelationNode` in datafusion-proto), so that
//! what refers to its columns cannot be planned where it arrives. Segue's node has the columns.

use std::{cmp::Ordering, fmt, sync::Arc};

use datafusion::{
    common::{DFSchemaRef, internal_err, tree_node::Transformed},
    error::Result,
    logical_expr::{EmptyRelation, Expr, Extension, LogicalPlan, UserDefinedLogicalNodeCore},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

/// No rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct NoRowsNode {
    pub(crate) schema: DFSchemaRef,
}

impl PartialOrd for NoRowsNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self == other).then_some(Ordering::Equal)
    }
}

impl UserDefinedLogicalNodeCore for NoRowsNode {
    fn name(&self) -> &'static str {
        "NoRows"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        Vec::new()
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NoRows")
    }

    fn with_exprs_and_inputs(&self, _exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        if inputs.is_empty() { Ok(self.clone()) } else { internal_err!("no rows have {} inputs", inputs.len()) }
    }
}

/// Optimizer rule that lets empty relations keep their columns. It is the last one, as others look for empty relations.
#[derive(Debug, Default)]
pub struct KeepEmptyColumns;

impl OptimizerRule for KeepEmptyColumns {
    fn name(&self) -> &'static str {
        "keep_empty_columns"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema })
                if !schema.fields().is_empty() =>
            {
                let node = Arc::new(NoRowsNode { schema });
                Ok(Transformed::yes(LogicalPlan::Extension(Extension { node })))
            }
            other => Ok(Transformed::no(other)),
        }
    }
}
