//! Runs the pipeline for a person who may change their mind.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use pipeline::{ErrorClass, Event, Observer, RunOptions, RunReport, Workspace};
use store::{RunId, RunStatus, StepOutcome, StepStatus, Store};

use crate::{
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
    is_quiet: bool,
    interrupt: &mut Interrupt,
) -> Result<RunReport> {
    let observer = Watched { progress: RunProgress::start(is_quiet), run_id: Mutex::new(None) };
    let work = async { pipeline::run(workspace, options, &observer).await.map_err(|error| advised(error, &observer)) };
    let outcome = interrupt.race(work).await;
    let Err(error) = &outcome else { return outcome };
    if let (Some(interrupted), Some(run_id)) = (error.downcast_ref::<Interrupted>(), observer.run_id()) {
        let recorded = tokio::time::timeout(RECORD_TIMEOUT, record(&workspace.store, &run_id, *interrupted)).await;
        if !matches!(recorded, Ok(Ok(()))) {
            tracing::warn!(run_id = %run_id, "cannot record that the run was interrupted");
        }
        return Err(Advised::new(*interrupted, "the same command goes on with this run where it stopped").into());
    }
    outcome
}

/// Records that the run and the step that it was at were interrupted.
async fn record(store: &Store, run_id: &RunId, interrupted: Interrupted) -> Result<(), store::Error> {
    let reason = interrupted.to_string();
    for step in store.steps_of(run_id).await?.iter().filter(|step| step.status == StepStatus::Running) {
        let outcome = StepOutcome { status: StepStatus::Abandoned, ..StepOutcome::failed(reason.as_str()) };
        store.finish_step(run_id, &step.step, step.attempt, &outcome).await?;
    }
    store.finish_run(run_id, RunStatus::Stopped, Some(&reason)).await
}

fn advised(error: pipeline::Error, observer: &Watched) -> anyhow::Error {
    match (observer.run_id(), error.class()) {
        (Some(run_id), ErrorClass::Failed) => {
            let advice =
                format!("the same command goes on where it stopped; `segue runs show {run_id}` has the details");
            Advised::new(error, advice).into()
        }
        _ => error.into(),
    }
}

/// Shows the run and remembers which one it is.
struct Watched {
    progress: RunProgress,
    run_id: Mutex<Option<RunId>>,
}

impl Watched {
    fn run_id(&self) -> Option<RunId> {
        self.run_id.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Watched {
    fn notify(&self, event: &Event) {
        if let Event::RunStarted { run_id, .. } = event {
            *self.run_id.lock().unwrap_or_else(PoisonError::into_inner) = run_id.parse().ok();
        }
        self.progress.notify(event);
    }
}
