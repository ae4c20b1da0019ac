//! Jobs that end with the client that waits for them: Ballista 55.0.0 goes on with a job whose rows nobody reads.
//!
//! ```text
//! client's planner ─► AttendedExec ─► DistributedQueryExec ─► scheduler
//!                       └─ its rows are dropped before their end: CancelJob
//! ```
//!
//! So whatever ends a client's work early (a step that took too long, a run that is cancelled, a signal) ends its job by
//! dropping the future that waits for it.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use async_trait::async_trait;
use ballista_core::execution_plans::DistributedQueryExec;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    catalog::Session,
    common::tree_node::TreeNodeRecursion,
    error::Result,
    execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext, context::QueryPlanner},
    logical_expr::LogicalPlan,
    physical_expr::PhysicalExpr,
    physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, metrics::MetricsSet},
};
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::{Stream, StreamExt};
use runtime::traces;
use tracing::{Span, field, info, info_span};
use udfs::session::set_trace_parent;

use crate::{cancellations::Cancellations, job::JobHandle};

/// A client's planner whose jobs are attended.
#[derive(Debug)]
pub(crate) struct AttendingPlanner {
    pub(crate) inner: Arc<dyn QueryPlanner + Send + Sync>,
    pub(crate) cancellations: Arc<Cancellations>,
}

#[async_trait]
impl QueryPlanner for AttendingPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let job = self.inner.create_physical_plan(plan, session).await?;
        if job.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>().is_none() {
            return Ok(job);
        }
        Ok(Arc::new(AttendedExec { job, cancellations: Arc::clone(&self.cancellations) }))
    }
}

/// A job that is cancelled when its rows are dropped before their end. It looks like the job itself.
#[derive(Debug)]
struct AttendedExec {
    job: Arc<dyn ExecutionPlan>,
    cancellations: Arc<Cancellations>,
}

impl DisplayAs for AttendedExec {
    fn fmt_as(&self, form: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.job.fmt_as(form, formatter)
    }
}

impl ExecutionPlan for AttendedExec {
    fn name(&self) -> &str {
        self.job.name()
    }

    fn downcast_delegate(&self) -> Option<&dyn ExecutionPlan> {
        Some(self.job.as_ref())
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.job.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.job.children()
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.job.apply_expressions(visit)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        // A job has none.
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let span = info_span!("job", job_id = field::Empty);
        let parent = span.in_scope(traces::current_parent);
        let rows =
            self.job.execute(partition, parent.map_or_else(|| Arc::clone(&context), |it| traced(&context, it)))?;
        Ok(Box::pin(AttendedRows {
            schema: rows.schema(),
            rows: Some(rows),
            span,
            job: JobHandle::of(&self.job),
            progress: Progress::NotAsked,
            cancellations: Arc::clone(&self.cancellations),
        }))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.job.metrics()
    }
}

/// A context whose job is part of a trace.
fn traced(context: &TaskContext, parent: String) -> Arc<TaskContext> {
    let mut config = context.session_config().clone();
    set_trace_parent(&mut config, parent);
    Arc::new(TaskContext::new(
        context.task_id(),
        context.session_id(),
        config,
        context.scalar_functions().clone(),
        context.higher_order_functions().clone(),
        context.aggregate_functions().clone(),
        context.window_functions().clone(),
        context.runtime_env(),
    ))
}

/// How far a job's rows were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The job is submitted when its rows are first asked for.
    NotAsked,
    Asked,
    /// The scheduler has named it.
    Named,
    /// The rows are at their end, or the job failed.
    Ended,
}

struct AttendedRows {
    schema: SchemaRef,
    /// There until the drop.
    rows: Option<SendableRecordBatchStream>,
    /// From the first row to the last.
    span: Span,
    job: JobHandle,
    progress: Progress,
    cancellations: Arc<Cancellations>,
}

impl Stream for AttendedRows {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let span = self.span.clone();
        let Some(rows) = &mut self.rows else { return Poll::Ready(None) };
        let polled = span.in_scope(|| rows.poll_next_unpin(context));
        if matches!(self.progress, Progress::NotAsked | Progress::Asked) {
            self.progress = Progress::Asked;
            if let Some(job_id) = self.job.job_id() {
                // In the span of whoever waits for the job, which says for what.
                info!(job_id, "job is at the scheduler");
                span.record("job_id", job_id);
                self.progress = Progress::Named;
            }
        }
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.progress = Progress::Ended;
            self.span = Span::none();
        }
        polled
    }
}

impl RecordBatchStream for AttendedRows {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

impl Drop for AttendedRows {
    fn drop(&mut self) {
        if let (Progress::Asked | Progress::Named, Some(rows)) = (self.progress, self.rows.take()) {
            self.cancellations.begin(rows, self.job.clone());
        }
    }
}
