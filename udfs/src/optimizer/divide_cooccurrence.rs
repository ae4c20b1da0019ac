//! Plans `unnest(cooccurrence(…))` as an operator that divides the work among tasks.
//!
//! As an aggregate function without `GROUP BY` it would collect all rows in one task, count there, and return one list
//! of structs, which is unnested at once. The operator yields the structs as rows, in as many tasks as there are.
//!
//! Invariant: the query's rows and the names and types of its columns do not change.

use std::sync::Arc;

use datafusion::{
    common::{
        NullHandling,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{Aggregate, Expr, Extension, LogicalPlan, LogicalPlanBuilder, Projection, Unnest, col, ident},
    optimizer::{OptimizerConfig, OptimizerRule},
};

use super::cooccurrence_node::{CooccurrenceNode, Counted, GROUP, ITEM, NEIGHBOUR, POSITION};
use crate::functions::cooccurrence::CooccurrenceCall;

/// Optimizer rule that turns an unnested co-occurrence into an operator.
#[derive(Debug, Default)]
pub struct DivideCooccurrence;

impl OptimizerRule for DivideCooccurrence {
    fn name(&self) -> &'static str {
        "divide_cooccurrence"
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        plan.transform_up(|node| {
            let LogicalPlan::Unnest(unnest) = &node else { return Ok(Transformed::no(node)) };
            Ok(match divide(unnest)? {
                Some(divided) => Transformed::yes(divided),
                None => Transformed::no(node),
            })
        })
    }
}

fn divide(unnest: &Unnest) -> Result<Option<LogicalPlan>> {
    let [(0, column)] = &unnest.list_type_columns[..] else { return Ok(None) };
    let expands_empty = unnest.options.null_handling == NullHandling::PreserveAndExpandEmpty;
    if column.depth != 1 || expands_empty || !unnest.struct_type_columns.is_empty() {
        return Ok(None);
    }
    let Some(aggregate) = aggregate_below(&unnest.input) else { return Ok(None) };
    let ([], [expr]) = (&aggregate.group_expr[..], &aggregate.aggr_expr[..]) else { return Ok(None) };
    let Some(call) = CooccurrenceCall::try_of(&expr.clone().unalias_nested().data)? else { return Ok(None) };
    let rows = rows_of(&call, aggregate)?;
    let node = CooccurrenceNode::try_new(rows, Counted { options: call.settings.options, fields: None })?;
    let (qualifier, field) = unnest.schema.qualified_field(0);
    let renamed = col(NEIGHBOUR).alias_qualified(qualifier.cloned(), field.name());
    let node = LogicalPlan::Extension(Extension { node: Arc::new(node) });
    Ok(Some(LogicalPlan::Projection(Projection::try_new(vec![renamed], Arc::new(node))?)))
}

/// The aggregate under projections that do nothing but name its one column.
fn aggregate_below(plan: &LogicalPlan) -> Option<&Aggregate> {
    match plan {
        LogicalPlan::Aggregate(aggregate) => Some(aggregate),
        LogicalPlan::Projection(projection) => match &projection.expr[..] {
            [expr] if matches!(expr.clone().unalias_nested().data, Expr::Column(_)) => {
                aggregate_below(&projection.input)
            }
            _ => None,
        },
        _ => None,
    }
}

/// What is counted, as columns of fixed names.
fn rows_of(call: &CooccurrenceCall, aggregate: &Aggregate) -> Result<LogicalPlan> {
    let mut rows = LogicalPlanBuilder::from(aggregate.input.as_ref().clone());
    if let Some(filter) = &call.filter {
        rows = rows.filter(filter.clone())?;
    }
    let mut columns = vec![call.group.clone().alias(GROUP), call.item.clone().alias(ITEM)];
    columns.extend(call.settings.position.iter().map(|position| position.clone().alias(POSITION)));
    let rows = rows.project(columns)?;
    let columns = [GROUP, ITEM].into_iter().chain(call.settings.position.is_some().then_some(POSITION));
    rows.project(columns.map(ident).collect::<Vec<_>>())?.build()
}
