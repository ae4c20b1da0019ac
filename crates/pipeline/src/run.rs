//! Begins a run or goes on with one, and records how it ended.

use std::time::Instant;

use lake::Lake;
use runtime::traces;
use store::{RunClaim, RunId, RunOwner, RunStart, RunStatus, StepOutcome, StepStatus, Store};
use tracing::{Instrument, field, info, info_span, warn};
use udfs::scan::{ScanSpec, SliceTable, SliceVersions, version_of};
use uuid::Uuid;

use crate::{
    Error, Event, Observer, Result, RunOptions, RunReport, Step, StepReport, Workspace,
    attempts::{Attempts, milliseconds},
    fingerprint::{self, RunInput},
    host, inputs,
    liveness::Heartbeat,
    preflight,
};

/// Name under which runs are recorded.
pub const PIPELINE: &str = "nightly";

/// Runs the pipeline, or goes on with an unfinished run of the same work.
///
/// One run works on a lake at a time. If this process was taken for gone meanwhile and another has taken the run or the
/// lake over, the work ends where it is and nothing more is recorded.
///
/// # Errors
/// Before the run begins: [`Error::BadInput`] if there are no slices, [`Error::MissingInput`] if a table is missing that
/// no step before writes, [`Error::ModelConfig`] and [`Error::ModelMissing`], [`Error::Busy`] if another run is at work
/// on the lake. After that the first failure of a step; the run is then recorded as failed and can be resumed.
pub async fn run(workspace: &Workspace, options: &RunOptions, observer: &dyn Observer) -> Result<RunReport> {
    let started = Instant::now();
    let slices = slices(workspace, options).await?;
    let tables = inputs::of_run(&workspace.lake, &options.steps).await?;
    let trainer = preflight::check_trainer(options).await?;
    let lake = workspace.lake.url().as_str();
    let input = RunInput { slices: &slices, lake, tables: &tables, model_config: &trainer.settings };
    let fingerprint = fingerprint::of_run(options, &input);
    let (owner, resumed) = begin(workspace, options, &fingerprint).await?;
    let run_id = owner.run_id().to_string();
    let span =
        info_span!("run", %run_id, pipeline = PIPELINE, triggered_by = options.triggered_by, trace_id = field::Empty);
    if let Some(trace_id) = span.in_scope(traces::current_trace_id) {
        span.record("trace_id", trace_id);
    }
    observer.given(&owner);
    observer.notify(&Event::RunStarted { run_id: run_id.clone(), resumed, steps: options.steps.clone() });
    let mut heartbeat = Heartbeat::start(workspace.store.clone(), owner.clone(), options.liveness);
    let (slices, fingerprint, trainer) = (&slices, fingerprint.as_str(), &trainer);
    let attempts = Attempts { workspace, options, observer, owner: &owner, slices, fingerprint, trainer };
    let outcome = tokio::select! {
        outcome = attempts.make().instrument(span) => outcome,
        lost = heartbeat.lost() => Err(lost),
    };
    drop(heartbeat);
    // What was cut off must not go on beside whatever comes next.
    cluster::settle().await;
    let steps = finish(&workspace.store, &owner, outcome).await?;
    Ok(RunReport { run_id, resumed, steps, duration_ms: milliseconds(started.elapsed()) })
}

pub(crate) async fn slices(workspace: &Workspace, options: &RunOptions) -> Result<SliceVersions> {
    let table =
        SliceTable::try_new(options.input.clone(), ScanSpec::rejects()).map_err(Error::query(Step::Quarantine))?;
    let client = workspace.stores.client(&options.input)?;
    let files = table.files(client.as_ref()).await.map_err(|error| match error {
        datafusion::error::DataFusionError::Plan(reason) => Error::BadInput(reason),
        other => Error::query(Step::Quarantine)(other),
    })?;
    Ok(files.iter().map(|file| (file.location.to_string(), version_of(file))).collect())
}

async fn begin(workspace: &Workspace, options: &RunOptions, fingerprint: &str) -> Result<(RunOwner, bool)> {
    let store = &workspace.store;
    let claim = claim(&workspace.lake, options);
    if let Some(run_id) = &options.resume {
        let known = store.run(run_id).await?.ok_or_else(|| store::Error::UnknownRun { run_id: run_id.clone() })?;
        if known.fingerprint != fingerprint {
            return Err(Error::Changed { run_id: run_id.to_string() });
        }
        let owner = store.resume_run(run_id, &claim).await.map_err(busy)?;
        info!(%run_id, "run resumed");
        return Ok((owner, true));
    }
    if !options.fresh
        && let Some(unfinished) = store.latest_unfinished(PIPELINE, fingerprint).await?
    {
        let owner = store.resume_run(&unfinished.run_id, &claim).await.map_err(busy)?;
        info!(run_id = %unfinished.run_id, "run resumed");
        return Ok((owner, true));
    }
    let run_id = RunId::try_new(Uuid::now_v7().to_string())?;
    let start = RunStart {
        run_id: run_id.clone(),
        pipeline: PIPELINE.to_owned(),
        triggered_by: options.triggered_by.clone(),
        options: options.to_record(workspace.lake.url().as_str()),
        fingerprint: fingerprint.to_owned(),
    };
    let owner = store.start_run(&start, &claim).await.map_err(busy)?;
    info!(run_id = %run_id, "run started");
    Ok((owner, false))
}

fn claim(lake: &Lake, options: &RunOptions) -> RunClaim {
    RunClaim { lake_url: lake.url().to_string(), host: host::this_process(), silent_for: options.liveness.silent_for }
}

fn busy(error: store::Error) -> Error {
    match error {
        alive @ store::Error::RunAlive { .. } => Error::Busy(alive),
        other => other.into(),
    }
}

/// Records how the run ended, unless it is another process's by now. What went wrong in the run stands before what goes
/// wrong with its recording.
async fn finish(store: &Store, owner: &RunOwner, outcome: Result<Vec<StepReport>>) -> Result<Vec<StepReport>> {
    let (status, reason) = match &outcome {
        Err(Error::TakenOver(_)) => return outcome,
        Err(error @ Error::Cancelled { .. }) => (RunStatus::Cancelled, Some(error.to_string())),
        Err(error @ Error::TimedOut { .. }) => (RunStatus::TimedOut, Some(error.to_string())),
        Err(error) => (RunStatus::Failed, Some(error.to_string())),
        Ok(_) => (RunStatus::Succeeded, None),
    };
    if status == RunStatus::Cancelled {
        abandon_steps(store, owner, reason.as_deref().unwrap_or_default()).await;
    }
    let recorded = store.finish_run(owner, status, reason.as_deref()).await;
    match (outcome, recorded) {
        (Ok(steps), recorded) => {
            recorded.map_err(Error::recording("that all steps of the run are done"))?;
            Ok(steps)
        }
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(unrecorded)) => {
            warn!(run_id = %owner.run_id(), error = %unrecorded, "cannot record that the run failed");
            Err(error)
        }
    }
}

/// Ends the attempts that were cut off.
async fn abandon_steps(store: &Store, owner: &RunOwner, reason: &str) {
    let ended = async {
        for step in store.steps_of(owner.run_id()).await?.iter().filter(|step| step.status == StepStatus::Running) {
            let outcome = StepOutcome { status: StepStatus::Abandoned, ..StepOutcome::failed(reason) };
            store.finish_step(owner, &step.step, step.attempt, &outcome).await?;
        }
        Ok::<_, store::Error>(())
    };
    if let Err(error) = ended.await {
        warn!(run_id = %owner.run_id(), error = %error, "cannot record that a step was cut off");
    }
}
