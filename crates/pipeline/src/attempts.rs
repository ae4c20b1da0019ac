//! Makes attempts at the steps of a run, one after the other, and records what they do.

use std::time::{Duration, Instant};

use lake::Table;
use object_store::ObjectStoreExt;
use store::{RunOwner, StepOutcome, StepRecord, StepStart};
use tracing::{info, warn};
use udfs::scan::SliceVersions;

use crate::{
    Error, Event, Observer, Result, RunOptions, Step, StepReport, Workspace, fingerprint,
    inputs::{self, Versions},
    steps::{Output, model, named_version, publish, query::QueryStep},
};

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
}

impl Attempts<'_> {
    /// Does all steps that are not done yet.
    pub(crate) async fn make(&self) -> Result<Vec<StepReport>> {
        let records = self.workspace.store.steps_of(self.owner.run_id()).await?;
        let mut reports: Vec<StepReport> = Vec::new();
        // What comes after a step that is done anew must be done anew, too.
        let mut all_done = true;
        for &step in &self.options.steps {
            let tables = inputs::of_step(&self.workspace.lake, step).await?;
            let fingerprint = fingerprint::of_step(self.fingerprint, step, &tables);
            let done = if all_done { self.done_before(step, &fingerprint).await? } else { None };
            let report = match done {
                Some(record) => finished_before(step, &record),
                None => {
                    all_done = false;
                    let attempts = records.iter().filter(|record| record.step == step.name()).map(|r| r.attempt).max();
                    self.attempt(step, attempts.unwrap_or(0) + 1, fingerprint, &tables, &reports).await?
                }
            };
            self.observer.notify(&Event::StepFinished { report: report.clone() });
            reports.push(report);
        }
        Ok(reports)
    }

    /// The attempt that did this step, if what it wrote is still what readers see.
    async fn done_before(&self, step: Step, fingerprint: &str) -> Result<Option<StepRecord>> {
        let found = self.workspace.store.completed_step(self.owner.run_id(), step.name(), fingerprint).await?;
        let Some(record) = found else { return Ok(None) };
        let still_there = match step.table() {
            Some(table) => current_version(&self.workspace.lake.table(table)?).await? == record.output_version,
            None if step == Step::Train => self.has_model(record.output_version.as_deref()).await?,
            None => true,
        };
        Ok(still_there.then_some(record))
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

    async fn attempt(
        &self,
        step: Step,
        attempt: u32,
        input_fingerprint: String,
        inputs: &Versions,
        before: &[StepReport],
    ) -> Result<StepReport> {
        let started = Instant::now();
        let start = StepStart { step: step.name().to_owned(), attempt, input_fingerprint };
        let began = self.workspace.store.start_step(self.owner, &start).await;
        began.map_err(Error::recording(format!("that step `{step}` starts")))?;
        self.observer.notify(&Event::StepStarted { step });
        let result = self.execute(step, inputs, before).await;
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
                ..StepOutcome::succeeded()
            },
            Err(error) => StepOutcome { duration_ms: Some(duration_ms), ..StepOutcome::failed(error.to_string()) },
        };
        let recorded = self.workspace.store.finish_step(self.owner, step.name(), attempt, &outcome).await;
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

    async fn execute(&self, step: Step, inputs: &Versions, before: &[StepReport]) -> Result<Output> {
        if let Some(sql) = step.sql() {
            let &Self { workspace, options, slices, .. } = self;
            return QueryStep { workspace, options, step, sql, slices, inputs }.run().await;
        }
        let output_of = |step: Step| {
            let report = before.iter().find(|report| report.step == step);
            report.and_then(|report| report.output.as_deref())
        };
        match step {
            Step::Train => model::train(self.workspace, self.options, self.observer).await,
            Step::Predict => model::predict(self.workspace, self.options, output_of(Step::Train), self.observer).await,
            _ => publish::run(self.workspace, self.options, self.owner.run_id(), output_of(Step::Predict)).await,
        }
    }
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
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
