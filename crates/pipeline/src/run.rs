//! Runs the steps one after the other and records what they do.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use store::{RunId, RunStart, RunStatus, StepOutcome, StepRecord, StepStart, Store};
use tokio::task::JoinHandle;
use tracing::{info, warn};
use udfs::scan::{ScanSpec, SliceTable};
use uuid::Uuid;

use crate::{
    Error, Event, Observer, Result, RunOptions, RunReport, Step, StepReport, Workspace, fingerprint,
    steps::{Output, model, publish, query},
};

/// Name under which runs are recorded.
const PIPELINE: &str = "nightly";
/// Time between two signs of life of a run.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Silence after which a run's process is taken for gone.
const SILENT_FOR: Duration = Duration::from_secs(45);

/// Runs the pipeline, or goes on with an unfinished run of the same work.
///
/// # Errors
/// The first failure of a step; the run is then recorded as failed and can be resumed.
pub async fn run(workspace: &Workspace, options: &RunOptions, observer: &dyn Observer) -> Result<RunReport> {
    let started = Instant::now();
    let files = slices(workspace, options).await?;
    let fingerprint = fingerprint::of_run(options, &files, workspace.lake.url().as_str());
    let (run_id, resumed) = begin(workspace, options, &fingerprint).await?;
    let steps = options.steps.clone();
    observer.notify(&Event::RunStarted { run_id: run_id.to_string(), resumed, steps });
    let alive = Heartbeat::start(workspace.store.clone(), run_id.clone());
    let mut context = RunContext { workspace, options, observer, run_id: &run_id, fingerprint: &fingerprint };
    let outcome = context.run_steps().await;
    drop(alive);
    let status = if outcome.is_ok() { RunStatus::Succeeded } else { RunStatus::Failed };
    let reason = outcome.as_ref().err().map(ToString::to_string);
    workspace.store.finish_run(&run_id, status, reason.as_deref()).await?;
    let duration_ms = milliseconds(started.elapsed());
    Ok(RunReport { run_id: run_id.to_string(), resumed, steps: outcome?, duration_ms })
}

async fn slices(workspace: &Workspace, options: &RunOptions) -> Result<Vec<object_store::ObjectMeta>> {
    let table =
        SliceTable::try_new(options.input.clone(), ScanSpec::rejects()).map_err(Error::query(Step::Quarantine))?;
    let client = workspace.stores.client(&options.input)?;
    table.files(client.as_ref()).await.map_err(|error| match error {
        datafusion::error::DataFusionError::Plan(reason) => Error::BadInput(reason),
        other => Error::query(Step::Quarantine)(other),
    })
}

async fn begin(workspace: &Workspace, options: &RunOptions, fingerprint: &str) -> Result<(RunId, bool)> {
    if !options.fresh
        && let Some(unfinished) = workspace.store.latest_unfinished(PIPELINE, fingerprint).await?
    {
        workspace.store.resume_run(&unfinished.run_id, SILENT_FOR).await.map_err(|error| match error {
            busy @ store::Error::RunAlive { .. } => Error::Busy(busy),
            other => other.into(),
        })?;
        info!(run_id = %unfinished.run_id, "run resumed");
        return Ok((unfinished.run_id, true));
    }
    let run_id = RunId::try_new(Uuid::now_v7().to_string())?;
    let steps: Vec<&str> = options.steps.iter().map(|step| step.name()).collect();
    let start = RunStart {
        run_id: run_id.clone(),
        pipeline: PIPELINE.to_owned(),
        triggered_by: options.triggered_by.clone(),
        options: serde_json::json!({ "input": options.input.as_str(), "steps": steps, "seed": options.seed }),
        fingerprint: fingerprint.to_owned(),
    };
    workspace.store.start_run(&start).await?;
    info!(run_id = %run_id, "run started");
    Ok((run_id, false))
}

struct RunContext<'a> {
    workspace: &'a Workspace,
    options: &'a RunOptions,
    observer: &'a dyn Observer,
    run_id: &'a RunId,
    fingerprint: &'a str,
}

impl RunContext<'_> {
    async fn run_steps(&mut self) -> Result<Vec<StepReport>> {
        let records = self.workspace.store.steps_of(self.run_id).await?;
        let mut reports: Vec<StepReport> = Vec::new();
        // What comes after a step that is done anew must be done anew, too.
        let mut all_done = true;
        for step in self.options.steps.clone() {
            let fingerprint = fingerprint::of_step(self.fingerprint, step);
            let done = if all_done { self.done_before(step, &fingerprint).await? } else { None };
            let report = match done {
                Some(record) => finished_before(step, &record),
                None => {
                    all_done = false;
                    let attempts = records.iter().filter(|record| record.step == step.name()).map(|r| r.attempt).max();
                    self.attempt(step, attempts.unwrap_or(0) + 1, fingerprint, &reports).await?
                }
            };
            self.observer.notify(&Event::StepFinished { report: report.clone() });
            reports.push(report);
        }
        Ok(reports)
    }

    /// The attempt that did this step, if what it wrote is still what readers see.
    async fn done_before(&self, step: Step, fingerprint: &str) -> Result<Option<StepRecord>> {
        let found = self.workspace.store.completed_step(self.run_id, step.name(), fingerprint).await?;
        let Some(record) = found else { return Ok(None) };
        if step.sql().is_none() {
            return Ok(Some(record));
        }
        let current = self.workspace.lake.table(step.name())?.snapshot().await.ok();
        let current = current.as_ref().map(query::version_of);
        Ok((current == record.output_version).then_some(record))
    }

    async fn attempt(
        &self,
        step: Step,
        attempt: u32,
        input_fingerprint: String,
        before: &[StepReport],
    ) -> Result<StepReport> {
        let started = Instant::now();
        self.observer.notify(&Event::StepStarted { step });
        let store = &self.workspace.store;
        let start = StepStart { run_id: self.run_id.clone(), step: step.name().to_owned(), attempt, input_fingerprint };
        store.start_step(&start).await?;
        let result = self.execute(step, before).await;
        let duration_ms = milliseconds(started.elapsed());
        let outcome = match &result {
            Ok(output) => StepOutcome {
                rows_out: output.rows,
                bytes: output.bytes,
                duration_ms: Some(duration_ms),
                output_version: output.version.clone(),
                ..StepOutcome::succeeded()
            },
            Err(error) => StepOutcome { duration_ms: Some(duration_ms), ..StepOutcome::failed(error.to_string()) },
        };
        store.finish_step(self.run_id, step.name(), attempt, &outcome).await?;
        let output = result?;
        info!(run_id = %self.run_id, step = %step, rows = output.rows, duration_ms, "step finished");
        Ok(StepReport {
            step,
            resumed: false,
            rows: output.rows,
            bytes: output.bytes,
            duration_ms,
            output: output.version,
            details: output.details,
        })
    }

    async fn execute(&self, step: Step, before: &[StepReport]) -> Result<Output> {
        if let Some(sql) = step.sql() {
            return query::run(self.workspace, self.options, step, sql).await;
        }
        match step {
            Step::Train => model::train(self.workspace, self.options, self.observer).await,
            Step::Predict => {
                let trained = before.iter().find(|report| report.step == Step::Train);
                let model_id = trained.and_then(|report| report.output.as_deref());
                model::predict(self.workspace, self.options, model_id, self.observer).await
            }
            _ => publish::run(self.workspace, self.options, self.run_id).await,
        }
    }
}

fn finished_before(step: Step, record: &StepRecord) -> StepReport {
    StepReport {
        step,
        resumed: true,
        rows: record.rows_out,
        bytes: record.bytes,
        duration_ms: record.duration_ms.unwrap_or_default(),
        output: record.output_version.clone(),
        details: None,
    }
}

/// Says that the run's process is alive, until dropped.
struct Heartbeat {
    task: JoinHandle<()>,
}

impl Heartbeat {
    fn start(store: Store, run_id: RunId) -> Self {
        let store = Arc::new(store);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEARTBEAT).await;
                if let Err(error) = store.heartbeat(&run_id).await {
                    warn!(run_id = %run_id, error = %error, "cannot record the run's sign of life");
                }
            }
        });
        Self { task }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
