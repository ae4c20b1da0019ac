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
    execution::TaskContext,
    physical_plan::{ExecutionPlan, metrics::MetricsSet},
    prelude::SessionConfig,
};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, core::Collector};
use udfs::task_failure;

use crate::{
    Error,
    connection_pool::ConnectionPool,
    stoppable::{Stop, stoppable},
};

/// Runs stages with Ballista's engine, counts tasks, rows and bytes, and tells which failures are worth another attempt.
pub(crate) struct MeteredEngine {
    inner: DefaultExecutionEngine,
    metrics: Arc<TaskMetrics>,
}

struct TaskMetrics {
    running: IntGauge,
    finished: IntCounterVec,
    seconds: Histogram,
    shuffle_bytes: IntCounter,
    shuffle_rows: IntCounter,
}

impl MeteredEngine {
    /// An engine whose metrics are in the process's registry; a second one in a process shares them.
    pub(crate) fn try_new() -> Result<Self, Error> {
        let inner = DefaultExecutionEngine::with_client_pool(Arc::new(ConnectionPool::default()));
        Ok(Self { inner, metrics: Arc::new(TaskMetrics::try_new()?) })
    }
}

impl TaskMetrics {
    fn try_new() -> Result<Self, Error> {
        let failed = |error: prometheus::Error| Error::io("define metrics")(std::io::Error::other(error));
        let metrics = Self {
            running: IntGauge::new("segue_executor_tasks_running", "Tasks that run now.").map_err(failed)?,
            finished: IntCounterVec::new(
                Opts::new("segue_executor_tasks_total", "Tasks that ended, by outcome."),
                &["outcome"],
            )
            .map_err(failed)?,
            seconds: Histogram::with_opts(
                HistogramOpts::new("segue_executor_task_duration_seconds", "Time from a task's start to its end.")
                    .buckets(prometheus::exponential_buckets(0.01, 4.0, 9).map_err(failed)?),
            )
            .map_err(failed)?,
            shuffle_bytes: IntCounter::new("segue_executor_shuffle_written_bytes_total", "Bytes of shuffle files.")
                .map_err(failed)?,
            shuffle_rows: IntCounter::new("segue_executor_shuffle_written_rows_total", "Rows of shuffle files.")
                .map_err(failed)?,
        };
        metrics.register();
        Ok(metrics)
    }

    fn register(&self) {
        let collectors: [Box<dyn Collector>; 5] = [
            Box::new(self.running.clone()),
            Box::new(self.finished.clone()),
            Box::new(self.seconds.clone()),
            Box::new(self.shuffle_bytes.clone()),
            Box::new(self.shuffle_rows.clone()),
        ];
        for collector in collectors {
            // Only a second engine in one process finds them registered; its counts are then not exported.
            if let Err(error) = prometheus::default_registry().register(collector) {
                tracing::debug!(error = %error, "metric is registered already");
            }
        }
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
            job_id,
            stage_id,
            task_id,
            global_output_partition_ids,
            plan,
            work_dir,
            config,
        )?;
        Ok(Arc::new(MeteredStage { inner, metrics: Arc::clone(&self.metrics), stop }))
    }
}

struct MeteredStage {
    inner: Arc<dyn QueryStageExecutor>,
    metrics: Arc<TaskMetrics>,
    stop: Stop,
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
        let running = Running::start(Arc::clone(&self.metrics), Arc::clone(&self.stop));
        let written = self.inner.execute_query_stage(task_id, context).await.map_err(task_failure);
        running.end(&written);
        written
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
    started: Instant,
    outcome: &'static str,
    stop: Stop,
}

impl Running {
    fn start(metrics: Arc<TaskMetrics>, stop: Stop) -> Self {
        metrics.running.inc();
        Self { metrics, started: Instant::now(), outcome: CANCELLED, stop }
    }

    fn end(mut self, written: &Result<Vec<ShuffleWritePartition>>) {
        self.outcome = if written.is_ok() { "succeeded" } else { "failed" };
        for partition in written.iter().flatten() {
            self.metrics.shuffle_bytes.inc_by(partition.num_bytes);
            self.metrics.shuffle_rows.inc_by(partition.num_rows);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.outcome == CANCELLED {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.metrics.running.dec();
        self.metrics.finished.with_label_values(&[self.outcome]).inc();
        self.metrics.seconds.observe(self.started.elapsed().as_secs_f64());
    }
}
