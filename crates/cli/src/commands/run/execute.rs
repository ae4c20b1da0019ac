//! Runs the pipeline for a person who may change their mind.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use pipeline::{Event, Observer, RunOptions, RunReport, Workspace};
use store::{RunOwner, RunStatus, StepOutcome, StepStatus, Store};
use watch::Alarms;

use crate::{
    exit_code,
    failure::Advised,
    interrupt::{Interrupt, Interrupted},
    progress::RunProgress,
};

/// Longest time to spend on recording an interruption.
const RECORD_TIMEOUT: Duration = Duration::from_secs(3);

/// Runs the pipeline and shows how it goes. If it is interrupted, that is recorded, so that the same command goes on
/// with the run at once instead of waiting until the run is taken for dead.
pub(crate) async fn execute(
    workspace: &Workspace,
    options: &RunOptions,
    alarms: &Alarms,
    is_quiet: bool,
    interrupt: &mut Interrupt,
) -> Result<RunReport> {
    let observer = Watched { progress: RunProgress::start(is_quiet), owner: Mutex::new(None) };
    let work = async {
        let outcome = pipeline::run(workspace, options, &observer).await;
        let told = alarms.run_ended(&outcome).await;
        let report = outcome.map_err(|error| advised(error, &observer))?;
        // A success that nobody hears of when they should is none.
        told.map(|()| report).map_err(anyhow::Error::from)
    };
    let outcome = interrupt.race(work).await;
    let Err(error) = &outcome else { return outcome };
    if let (Some(interrupted), Some(owner)) = (error.downcast_ref::<Interrupted>(), observer.owner()) {
        let recorded = tokio::time::timeout(RECORD_TIMEOUT, record(&workspace.store, &owner, *interrupted)).await;
        if !matches!(recorded, Ok(Ok(()))) {
            tracing::warn!(run_id = %owner.run_id(), "cannot record that the run was interrupted");
        }
        return Err(Advised::new(*interrupted, "the same command goes on with this run where it stopped").into());
    }
    outcome
}

/// Records that the run and the step that it was at were interrupted.
async fn record(store: &Store, owner: &RunOwner, interrupted: Interrupted) -> Result<(), store::Error> {
    let reason = interrupted.to_string();
    for step in store.steps_of(owner.run_id()).await?.iter().filter(|step| step.status == StepStatus::Running) {
        let outcome = StepOutcome { status: StepStatus::Abandoned, ..StepOutcome::failed(reason.as_str()) };
        store.finish_step(owner, &step.step, step.attempt, &outcome).await?;
    }
    store.finish_run(owner, RunStatus::Stopped, Some(&reason)).await
}

/// Says where the details are, and where it can help, that the run can go on.
fn advised(error: pipeline::Error, observer: &Watched) -> anyhow::Error {
    let Some(owner) = observer.owner() else { return error.into() };
    let details = format!("`segue runs show {}` has the details", owner.run_id());
    let is_ours = !matches!(error, pipeline::Error::TakenOver(_));
    let is_cancelled = matches!(error, pipeline::Error::Cancelled { .. });
    let error = anyhow::Error::from(error);
    let advice = if is_cancelled {
        format!("`segue runs retry {}` goes on with it; {details}", owner.run_id())
    } else if is_ours && exit_code::may_pass(exit_code::of(&error)) {
        format!("the same command goes on where it stopped; {details}")
    } else {
        details
    };
    Advised::new(error, advice).into()
}

/// Shows the run and remembers which one it is.
struct Watched {
    progress: RunProgress,
    owner: Mutex<Option<RunOwner>>,
}

impl Watched {
    fn owner(&self) -> Option<RunOwner> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Watched {
    fn notify(&self, event: &Event) {
        self.progress.notify(event);
    }

    fn given(&self, owner: &RunOwner) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = Some(owner.clone());
    }
}
