//! Makes only those fields of neighbours that the query reads.
//!
//! `cooccurrence` yields two texts, four counts and eight measures a neighbour, some of them logarithms. Most queries
//! read half of them.
//!
//! Invariant: the query's result and its output schema do not change.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    common::tree_node::{Transformed, TreeNode},
    error::Result,
    logical_expr::{Extension, LogicalPlan},
    optimizer::{OptimizerConfig, OptimizerRule},
};

use super::{CooccurrenceNode, fields_read::fields_read};

/// What is made if nothing is read but how many neighbours there are.
const CHEAPEST: &str = "pair_count";

/// Optimizer rule that narrows what co-occurrence yields.
#[derive(Debug, Default)]
pub struct NarrowNeighbours;

impl OptimizerRule for NarrowNeighbours {
    fn name(&self) -> &'static str {
        "narrow_neighbours"
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let Some(mut fields) = fields_read(&plan, |node| cooccurrence(node).map(|_| 0))? else {
            return Ok(Transformed::no(plan));
        };
        if fields.is_empty() {
            fields.insert(CHEAPEST.to_owned());
        }
        plan.transform_up(|node| narrow(node, &fields))
    }
}

fn cooccurrence(plan: &LogicalPlan) -> Option<&CooccurrenceNode> {
    let LogicalPlan::Extension(extension) = plan else { return None };
    extension.node.as_any().downcast_ref()
}

fn narrow(plan: LogicalPlan, fields: &BTreeSet<String>) -> Result<Transformed<LogicalPlan>> {
    let Some(node) = cooccurrence(&plan) else {
        // Types changed below: the schemas above follow.
        return if plan.inputs().is_empty() {
            Ok(Transformed::no(plan))
        } else {
            plan.recompute_schema().map(Transformed::yes)
        };
    };
    if node.call().fields.as_ref() == Some(fields) {
        return Ok(Transformed::no(plan));
    }
    let node = Arc::new(node.narrowed(fields.clone())?);
    Ok(Transformed::yes(LogicalPlan::Extension(Extension { node })))
}
