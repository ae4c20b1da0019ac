//! Makes attempts at the steps of a run, one after the other, and records what they do.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use lake::Table;
use object_store::ObjectStoreExt;
use store::{RunOwner, StepOutcome, StepRecord, StepStart};
use tracing::{Instrument, info, info_span, warn};
use udfs::scan::SliceVersions;

use crate::{
    Error, Event, Observer, Result, RunOptions, Step, StepReport, Workspace, fingerprint,
    inputs::{self, Versions},
    preflight::Trainer,
    steps::{Output, model, named_version, publish, query::QueryStep},
};

/// Pause before the second attempt at a step; before each further one it is twice as long.
const PAUSE: Duration = Duration::from_secs(5);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What the attempts at a run's steps have in common.
pub(crate) struct Attempts<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) options: &'a RunOptions,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) owner: &'a RunOwner,
    /// The slices as they were when the run began.
    pub(crate) slices: &'a SliceVersions,
    /// Identity of the run's work.
    pub(crate) fingerprint: &'a str,
    pub(crate) trainer: &'a Trainer,
}

/// What a step is about to do.
struct Task<'a> {
    step: Step,
    /// Identity of its input and settings.
    fingerprint: String,
    inputs: &'a Versions,
    before: &'a [StepReport],
}

impl Attempts<'_> {
    /// Does all steps that are not done yet.
    pub(crate) async fn make(&self) -> Result<Vec<StepReport>> {
        let records = self.workspace.store.steps_of(self.owner.run_id()).await?;
        let mut reports: Vec<StepReport> = Vec::new();
        // What comes after a step that is done anew must be done anew, too.
        let mut all_done = true;
        for &step in &self.options.steps {
            let inputs = inputs::of_step(&self.workspace.lake, step).await?;
            let fingerprint = self.fingerprint_of(step, &inputs, &reports);
            let done = if all_done { self.done_before(step, &fingerprint).await? } else { None };
            let report = match done {
                Some(record) => finished_before(step, &record),
                None => {
                    all_done = false;
                    let attempts = records.iter().filter(|record| record.step == step.name()).map(|r| r.attempt).max();
                    let task = Task { step, fingerprint, inputs: &inputs, before: &reports };
                    self.attempt_until_done(&task, attempts.unwrap_or(0) + 1).await?
                }
            };
            self.observer.notify(&Event::StepFinished { report: report.clone() });
            reports.push(report);
        }
        Ok(reports)
    }

    /// Identity of what a step does: within this run, or for the steps of the model in any run.
    fn fingerprint_of(&self, step: Step, inputs: &Versions, before: &[StepReport]) -> String {
        let made_before = match step {
            Step::Predict => output_of(before, Step::Train),
            Step::Train | Step::Publish => Some(""),
            _ => None,
        };
        match made_before {
            Some(made_before) => {
                let lake = self.workspace.lake.url().as_str();
                fingerprint::of_model_step(self.options, lake, step, inputs, self.trainer, Some(made_before))
            }
            // A prediction by itself takes the trainer's choice of a model, which is not known here.
            None => fingerprint::of_step(self.fingerprint, step, inputs),
        }
    }

    /// The attempt of any run that did this very work, if what it wrote is still there. Steps of SQL look at their tables
    /// instead.
    async fn done_by_any_run(&self, task: &Task<'_>) -> Result<Option<StepRecord>> {
        if self.options.full || task.step.sql().is_some() {
            return Ok(None);
        }
        // The trainer chooses the model of a prediction by itself, and there may be a newer one.
        if task.step == Step::Predict && output_of(task.before, Step::Train).is_none() {
            return Ok(None);
        }
        let found = self.workspace.store.latest_with_input(task.step.name(), &task.fingerprint).await?;
        let Some(record) = found else { return Ok(None) };
        Ok(self.is_still_there(task.step, &record).await?.then_some(record))
    }

    async fn is_still_there(&self, step: Step, record: &StepRecord) -> Result<bool> {
        let output = record.output_version.as_deref();
        match step.table() {
            Some(table) => Ok(current_version(&self.workspace.lake.table(table)?).await?.as_deref() == output),
            None if step == Step::Train => self.has_model(output).await,
            None => {
                let current = self.workspace.store.current_set().await?;
                Ok(current.is_some_and(|set| Some(set.set_id.as_str()) == output))
            }
        }
    }

    /// The attempt that did this step, if what it wrote is still what readers see.
    async fn done_before(&self, step: Step, fingerprint: &str) -> Result<Option<StepRecord>> {
        let found = self.workspace.store.completed_step(self.owner.run_id(), step.name(), fingerprint).await?;
        let Some(record) = found else { return Ok(None) };
        Ok(self.is_still_there(step, &record).await?.then_some(record))
    }

    async fn has_model(&self, model_id: Option<&str>) -> Result<bool> {
        let Some(model_id) = model_id else { return Ok(false) };
        let path = self.workspace.lake.path(&format!("models/{model_id}/artefact.json"));
        match self.workspace.lake.object_store().head(&path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(lake::Error::ObjectStore { action: "look for", path: path.to_string(), source }.into()),
        }
    }

    /// Tries a step until it is done, fails for good, or has been tried as often as the pipeline's file allows.
    async fn attempt_until_done(&self, task: &Task<'_>, first: u32) -> Result<StepReport> {
        let retries = self.options.dag.node(task.step).map_or(0, |node| node.retries);
        let mut pause = PAUSE;
        for attempt in first..first + retries {
            match self.attempt(task, attempt).await {
                Err(error) if error.may_pass() => {
                    warn!(step = %task.step, attempt, pause_s = pause.as_secs(), error = %error, "step is tried again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                ended => return ended,
            }
        }
        self.attempt(task, first + retries).await
    }

    async fn attempt(&self, task: &Task<'_>, attempt: u32) -> Result<StepReport> {
        let (step, started) = (task.step, Instant::now());
        let start = StepStart { step: step.name().to_owned(), attempt, input_fingerprint: task.fingerprint.clone() };
        let began = self.workspace.store.start_step(self.owner, &start).await;
        began.map_err(Error::recording(format!("that step `{step}` starts")))?;
        self.observer.notify(&Event::StepStarted { step });
        let limit = self.options.dag.node(step).map_or(Duration::MAX, |node| node.timeout);
        // Its fields tell the logs of all processes apart: the job's id is logged in it, and executors log that.
        let span = info_span!("step", run_id = %self.owner.run_id(), step = %step, attempt);
        let result = tokio::time::timeout(limit, self.execute(task).instrument(span)).await;
        let result = result.unwrap_or(Err(Error::TimedOut { step, limit }));
        if matches!(result, Err(Error::TimedOut { .. })) {
            cluster::settle().await;
        }
        let duration_ms = milliseconds(started.elapsed());
        let output = self.record(step, attempt, duration_ms, result).await?;
        info!(run_id = %self.owner.run_id(), step = %step, rows = output.rows, duration_ms, "step finished");
        Ok(StepReport {
            step,
            resumed: false,
            unchanged: output.unchanged,
            rows: output.rows,
            bytes: output.bytes,
            duration_ms,
            output: output.version,
            details: output.details,
            unusual: output.unusual,
            drifts: output.drifts,
            unknown_fields: output.unknown_fields,
        })
    }

    /// Records how an attempt ended. What went wrong with the step stands before what goes wrong with its recording.
    async fn record(&self, step: Step, attempt: u32, duration_ms: u64, result: Result<Output>) -> Result<Output> {
        let outcome = match &result {
            Ok(output) => StepOutcome {
                rows_out: output.rows,
                bytes: output.bytes,
                duration_ms: Some(duration_ms),
                output_version: output.version.clone(),
                ..if output.unchanged { StepOutcome::skipped() } else { StepOutcome::succeeded() }
            },
            Err(error) => StepOutcome { duration_ms: Some(duration_ms), ..StepOutcome::failed(error.to_string()) },
        };
        let store = &self.workspace.store;
        if let Ok(Output { measures: Some(measures), .. }) = &result
            && let Err(error) = store.record_measures(self.owner, step.name(), attempt, measures).await
        {
            // The step is done nevertheless; the next runs have one past run less to be compared with.
            warn!(step = %step, error = %error, "cannot record what the rows of the step are like");
        }
        let recorded = store.finish_step(self.owner, step.name(), attempt, &outcome).await;
        match (result, recorded.map_err(Error::recording(format!("that step `{step}` is done")))) {
            (Ok(output), Ok(())) => Ok(output),
            (Err(error), Ok(())) => Err(error),
            // Whatever else went wrong, the run is another process's.
            (_, Err(lost @ Error::TakenOver(_))) | (Ok(_), Err(lost)) => Err(lost),
            (Err(error), Err(unrecorded)) => {
                warn!(step = %step, error = %unrecorded, "cannot record that the step failed");
                Err(error)
            }
        }
    }

    async fn execute(&self, task: &Task<'_>) -> Result<Output> {
        let &Self { workspace, options, slices, .. } = self;
        let &Task { step, inputs, before, .. } = task;
        if let Some(sql) = step.sql() {
            return QueryStep { workspace, options, step, sql, slices, inputs }.run().await;
        }
        if let Some(record) = self.done_by_any_run(task).await? {
            info!(step = %step, run_id = %record.run_id, "nothing to do, another run did it");
            let StepRecord { rows_out: rows, bytes, output_version: version, .. } = record;
            return Ok(Output { rows, bytes, version, unchanged: true, ..Output::default() });
        }
        match step {
            Step::Train => model::train(workspace, options, self.observer).await,
            Step::Predict => model::predict(workspace, options, output_of(before, Step::Train), self.observer).await,
            _ => publish::run(workspace, options, self.owner.run_id(), output_of(before, Step::Predict)).await,
        }
    }
}

/// What an earlier step of the run wrote.
fn output_of(before: &[StepReport], step: Step) -> Option<&str> {
    let report = before.iter().find(|report| report.step == step);
    report.and_then(|report| report.output.as_deref())
}

/// The current version of a table by its name, if it has one.
async fn current_version(table: &Table) -> Result<Option<String>> {
    Ok(table.latest_version().await?.map(|version| named_version(table.name(), version)))
}

fn finished_before(step: Step, record: &StepRecord) -> StepReport {
    StepReport {
        step,
        resumed: true,
        unchanged: false,
        rows: record.rows_out,
        bytes: record.bytes,
        duration_ms: record.duration_ms.unwrap_or_default(),
        output: record.output_version.clone(),
        details: None,
        unusual: None,
        drifts: Vec::new(),
        unknown_fields: BTreeSet::new(),
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
