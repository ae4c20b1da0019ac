//! Jobs and tasks of a scheduler that wait or run: what executors are wanted for. Ballista 55.0.0 has a gauge of waiting
//! tasks (`pending_task_queue_size`) and never sets it.

use std::time::Duration;

use prometheus::{IntGauge, IntGaugeVec, Opts, core::Collector};

use crate::{Error, Result, scheduler::Scheduler};

/// Time between two looks; autoscalers look every 15 s or more.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Gauges of a scheduler's work.
#[derive(Debug)]
pub(crate) struct JobMetrics {
    runnable: IntGauge,
    running: IntGauge,
    /// By state.
    jobs: IntGaugeVec,
}

impl JobMetrics {
    /// Gauges in the process's registry; those of a second scheduler in one process are not exported.
    ///
    /// # Errors
    /// [`Error::Io`] if they cannot be defined.
    pub(crate) fn registered() -> Result<Self> {
        let metrics = Self::try_new().map_err(|error| Error::io("define metrics")(std::io::Error::other(error)))?;
        let collectors: [Box<dyn Collector>; 3] =
            [Box::new(metrics.runnable.clone()), Box::new(metrics.running.clone()), Box::new(metrics.jobs.clone())];
        for collector in collectors {
            if let Err(error) = prometheus::default_registry().register(collector) {
                tracing::debug!(error = %error, "metric is registered already");
            }
        }
        Ok(metrics)
    }

    fn try_new() -> prometheus::Result<Self> {
        let runnable = "Tasks that would run now if executors had vcores for them.";
        Ok(Self {
            runnable: IntGauge::new("segue_scheduler_runnable_tasks", runnable)?,
            running: IntGauge::new("segue_scheduler_running_tasks", "Tasks that executors run now.")?,
            jobs: IntGaugeVec::new(
                Opts::new("segue_scheduler_jobs", "Jobs that have not ended, by state."),
                &["state"],
            )?,
        })
    }

    /// Looks again and again.
    pub(crate) async fn watch(self, scheduler: &Scheduler) {
        loop {
            self.look(scheduler).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn look(&self, scheduler: &Scheduler) {
        let (mut runnable, mut running) = (0, 0);
        for job in scheduler.state.task_manager.get_running_job_cache().values() {
            let graph = job.execution_graph.read().await;
            runnable += graph.available_tasks();
            running += graph.running_tasks().len();
        }
        self.runnable.set(whole(runnable));
        self.running.set(whole(running));
        self.jobs.with_label_values(&["pending"]).set(whole(scheduler.pending_job_number()));
        self.jobs.with_label_values(&["running"]).set(whole(scheduler.running_job_number()));
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
