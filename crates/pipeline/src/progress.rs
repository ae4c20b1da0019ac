//! What a run tells while it goes.

use std::time::Duration;

use store::RunOwner;

use crate::{Step, StepReport};

/// Something that happened in a run.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run began, or went on where it had stopped.
    RunStarted {
        /// Id of the run.
        run_id: String,
        /// Whether an earlier attempt is continued.
        resumed: bool,
        /// Steps of the run.
        steps: Vec<Step>,
    },
    /// A step began.
    StepStarted {
        /// The step.
        step: Step,
    },
    /// A step of the trainer tells what it is at. Steps of SQL tell nothing between their start and their end.
    StepProgress {
        /// The step.
        step: Step,
        /// Since its start.
        elapsed: Duration,
        /// What it is at, in words.
        message: String,
    },
    /// A step ended well, or had been done before.
    StepFinished {
        /// What it did.
        report: StepReport,
    },
}

/// Receives the events of a run.
pub trait Observer: Send + Sync {
    /// Is told of an event; must not block.
    fn notify(&self, event: &Event);

    /// Is given this process's right to the run before its first event, so that it can record an interruption.
    fn given(&self, _owner: &RunOwner) {}
}

impl<F: Fn(&Event) + Send + Sync> Observer for F {
    fn notify(&self, event: &Event) {
        self(event);
    }
}
