//! Physical plans of Segue's logical nodes.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    catalog::Session,
    common::tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    error::{DataFusionError, Result},
    execution::context::QueryPlanner,
    logical_expr::{LogicalPlan, UserDefinedLogicalNode, physical_planning_context::PhysicalPlanningContext},
    physical_plan::{ExecutionPlan, empty::EmptyExec},
    physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner},
};
use runtime::traces;
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{constant_rows::constant_rows, trace_parent};
use crate::{
    operators::{
        CompressedScanExec, FoldedNamesExec,
        cooccurrence::{CooccurrenceSpec, divided_cooccurrence},
    },
    optimizer::{CooccurrenceNode, Counted, NoRowsNode},
};

/// DataFusion's planner with Segue's nodes.
#[derive(Debug, Default)]
pub(super) struct SegueQueryPlanner;

#[async_trait]
impl QueryPlanner for SegueQueryPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let span = info_span!("plan");
        if let Some(parent) = trace_parent(session.config()) {
            traces::adopt(&span, parent);
        }
        let planner = DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(NodePlanner)]);
        travelling(planner.create_physical_plan(plan, session).instrument(span).await.map_err(in_words)?)
    }
}

/// An error that says in its debug form what it says to people: a scheduler tells clients no other form.
fn in_words(error: DataFusionError) -> DataFusionError {
    match error {
        DataFusionError::External(cause) => DataFusionError::Execution(cause.to_string()),
        other => other,
    }
}

/// The plan with scans that keep what they were told on the way to executors, and leaves that the scheduler can divide.
fn travelling(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let changed = plan.transform_down(|node| {
        // Below one that was made before, there is nothing to do.
        if node.is::<CompressedScanExec>() || node.is::<FoldedNamesExec>() {
            return Ok(Transformed::new(node, false, TreeNodeRecursion::Jump));
        }
        let made = |plan: Arc<dyn ExecutionPlan>| Transformed::new(plan, true, TreeNodeRecursion::Jump);
        if let Some(rows) = constant_rows(&node)? {
            return Ok(made(rows));
        }
        if let Some(scan) = CompressedScanExec::of_scan(&node)? {
            return Ok(made(Arc::new(scan)));
        }
        match FoldedNamesExec::of_scan(&node)? {
            Some(scan) => Ok(made(Arc::new(scan))),
            None => Ok(Transformed::no(node)),
        }
    });
    Ok(changed?.data)
}

struct NodePlanner;

#[async_trait]
impl ExtensionPlanner for NodePlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        session: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        if let Some(node) = node.as_any().downcast_ref::<NoRowsNode>() {
            return Ok(Some(Arc::new(EmptyExec::new(Arc::clone(node.schema.inner())))));
        }
        let (Some(node), [input]) = (node.as_any().downcast_ref::<CooccurrenceNode>(), physical_inputs) else {
            return Ok(None);
        };
        let parts = u32::try_from(session.config().target_partitions().max(1)).unwrap_or(u32::MAX);
        let query_id = Uuid::now_v7().to_string();
        let Counted { options, fields } = node.call().clone();
        let spec = CooccurrenceSpec { options, fields, parts, query_id };
        divided_cooccurrence(Arc::clone(input), spec).map(Some)
    }
}
