//! Joins that stop when their task is cancelled.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use datafusion::{
    common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties,
        execution_plan::replace_children_if_necessary,
        joins::{CrossJoinExec, NestedLoopJoinExec},
        metrics::MetricsSet,
        stream::RecordBatchStreamAdapter,
    },
};
use futures::StreamExt;

/// Whether a task was cancelled.
pub(crate) type Stop = Arc<AtomicBool>;

/// A join that compares every row with every other, and yields no more rows once its task was cancelled.
///
/// Ballista 55.0.0 cancels a task by dropping its future, but its shuffle writers read their input in a task of their own,
/// which goes on. What is cheap to make ends by itself; such a join may go on for hours.
///
/// The node stands for the join in all that walks the plan: it has the join's name, children and metrics.
#[derive(Debug)]
struct StoppableExec {
    join: Arc<dyn ExecutionPlan>,
    stop: Stop,
}

/// Makes the joins of a task's plan stoppable.
///
/// # Errors
/// A DataFusion error if the plan cannot be put together again.
pub(crate) fn stoppable(plan: Arc<dyn ExecutionPlan>, stop: &Stop) -> Result<Arc<dyn ExecutionPlan>> {
    plan.transform_up(|node| {
        if !node.is::<CrossJoinExec>() && !node.is::<NestedLoopJoinExec>() {
            return Ok(Transformed::no(node));
        }
        let join = StoppableExec { join: node, stop: Arc::clone(stop) };
        Ok(Transformed::yes(Arc::new(join) as Arc<dyn ExecutionPlan>))
    })
    .data()
}

impl DisplayAs for StoppableExec {
    fn fmt_as(&self, form: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.join.fmt_as(form, formatter)
    }
}

impl ExecutionPlan for StoppableExec {
    fn name(&self) -> &str {
        self.join.name()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.join.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.join.children()
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.join.apply_expressions(visit)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let join = replace_children_if_necessary(Arc::clone(&self.join), children)?;
        Ok(Arc::new(Self { join, stop: Arc::clone(&self.stop) }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.join.execute(partition, context)?;
        let (schema, stop) = (rows.schema(), Arc::clone(&self.stop));
        let rows = rows.map(move |batch| match stop.load(Ordering::Relaxed) {
            true => Err(DataFusionError::Execution("the task was cancelled".to_owned())),
            false => batch,
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.join.metrics()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;
    use lake::ObjectStores;
    use udfs::session::{EngineOptions, runtime_env, session_config, session_state};

    use super::*;

    #[tokio::test]
    async fn a_join_yields_its_rows_until_it_is_stopped() {
        let sql = "SELECT count(*) FROM generate_series(1, 300) AS a(x) CROSS JOIN generate_series(1, 200) AS b(y)";
        let runtime = runtime_env(Arc::new(ObjectStores::from_env()), None).unwrap();
        let state = session_state(session_config(&EngineOptions::default()), runtime).unwrap();
        let context = SessionContext::new_with_state(state);
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let shown = |plan: &Arc<dyn ExecutionPlan>| {
            datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string()
        };
        let stop = Stop::default();
        let wrapped = stoppable(Arc::clone(&plan), &stop).unwrap();
        assert!(shown(&plan).contains("CrossJoinExec"));
        assert_eq!(shown(&wrapped), shown(&plan));
        let collect =
            |plan: &Arc<dyn ExecutionPlan>| datafusion::physical_plan::collect(Arc::clone(plan), context.task_ctx());
        assert_eq!(collect(&wrapped).await.unwrap(), collect(&plan).await.unwrap());
        let again = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let stopped = stoppable(again, &stop).unwrap();
        stop.store(true, Ordering::Relaxed);
        assert!(collect(&stopped).await.unwrap_err().to_string().contains("the task was cancelled"));
    }
}
