//! Counts what an executor does, as stock Ballista only logs it.

use std::{
    fmt::{self, Display},
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use async_trait::async_trait;
use ballista_core::{
    JobId,
    serde::protobuf::{RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport},
};
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::{
    error::Result,
    execution::{TaskContext, memory_pool::MemoryPool},
    physical_plan::{ExecutionPlan, metrics::MetricsSet},
    prelude::SessionConfig,
};
use runtime::traces;
use tracing::{Instrument, Span, debug, field, info, info_span};
use udfs::{session::trace_parent, task_failure};

use crate::{
    Error,
    connection_pool::ConnectionPool,
    stoppable::{Stop, stoppable},
    task_metrics::TaskMetrics,
};

/// Runs stages with Ballista's engine, counts tasks, rows and bytes, and tells which failures are worth another attempt.
pub(crate) struct MeteredEngine {
    inner: DefaultExecutionEngine,
    metrics: Arc<TaskMetrics>,
}

impl MeteredEngine {
    /// An engine whose metrics are in the process's registry; a second one in a process shares them.
    pub(crate) fn try_new() -> Result<Self, Error> {
        let inner = DefaultExecutionEngine::with_client_pool(Arc::new(ConnectionPool::default()));
        Ok(Self { inner, metrics: Arc::new(TaskMetrics::registered()?) })
    }
}

impl ExecutionEngine for MeteredEngine {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        global_output_partition_ids: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let stop = Stop::default();
        let plan = stoppable(plan, &stop)?;
        let inner = self.inner.create_query_stage_exec(
            job_id.clone(),
            stage_id,
            task_id,
            global_output_partition_ids,
            plan,
            work_dir,
            config,
        )?;
        Ok(Arc::new(MeteredStage { inner, metrics: Arc::clone(&self.metrics), stop, job_id, stage_id }))
    }
}

struct MeteredStage {
    inner: Arc<dyn QueryStageExecutor>,
    metrics: Arc<TaskMetrics>,
    stop: Stop,
    job_id: JobId,
    stage_id: usize,
}

impl fmt::Debug for MeteredStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner, formatter)
    }
}

impl Display for MeteredStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.inner, formatter)
    }
}

#[async_trait]
impl QueryStageExecutor for MeteredStage {
    async fn execute_query_stage(
        &self,
        task_id: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        let span = info_span!("task", job_id = %self.job_id, stage_id = self.stage_id, task_id, outcome = field::Empty);
        if let Some(parent) = trace_parent(context.session_config()) {
            traces::adopt(&span, parent);
        }
        let running = Running::start(self, context.memory_pool(), span.clone());
        let task = async {
            let written = self.inner.execute_query_stage(task_id, context).await.map_err(task_failure);
            running.end(&written);
            written
        };
        task.instrument(span).await
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        self.inner.collect_plan_metrics()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.inner.collect_runtime_stats_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.inner.collect_column_stats()
    }

    fn collect_window_state_reports(&self) -> Result<Vec<WindowStateReport>> {
        self.inner.collect_window_state_reports()
    }
}

/// Outcome of a task until it has another.
const CANCELLED: &str = "cancelled";

/// Counts a task as running until it ends or is dropped, as a cancelled task is.
struct Running {
    metrics: Arc<TaskMetrics>,
    stage: Arc<dyn QueryStageExecutor>,
    pool: Arc<dyn MemoryPool>,
    started: Instant,
    outcome: &'static str,
    stop: Stop,
    span: Span,
}

impl Running {
    fn start(stage: &MeteredStage, pool: &Arc<dyn MemoryPool>, span: Span) -> Self {
        let (metrics, pool) = (Arc::clone(&stage.metrics), Arc::clone(pool));
        metrics.running.inc();
        metrics.memory.add(&pool);
        let (stage, stop) = (Arc::clone(&stage.inner), Arc::clone(&stage.stop));
        Self { metrics, stage, pool, started: Instant::now(), outcome: CANCELLED, stop, span }
    }

    fn end(mut self, written: &Result<Vec<ShuffleWritePartition>>) {
        match written {
            Ok(partitions) => {
                self.outcome = "succeeded";
                let rows: u64 = partitions.iter().map(|partition| partition.num_rows).sum();
                let bytes = partitions.iter().map(|partition| partition.num_bytes).sum();
                self.metrics.shuffle_bytes.inc_by(bytes);
                self.metrics.shuffle_rows.inc_by(rows);
                debug!(rows, bytes, duration_ms = self.milliseconds(), "task finished");
            }
            Err(error) => {
                self.outcome = "failed";
                info!(error = %error, duration_ms = self.milliseconds(), "task failed");
            }
        }
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.outcome == CANCELLED {
            self.stop.store(true, Ordering::Relaxed);
            // The future of a task is dropped outside of its span.
            self.span.in_scope(|| debug!(duration_ms = self.milliseconds(), "task cancelled"));
        }
        self.span.record("outcome", self.outcome);
        self.metrics.running.dec();
        self.metrics.memory.remove(&self.pool);
        self.metrics.add_plan(&self.stage.collect_plan_metrics());
        self.metrics.finished.with_label_values(&[self.outcome]).inc();
        self.metrics.seconds.observe(self.started.elapsed().as_secs_f64());
    }
}
