//! Pipeline runs and their steps.
//!
//! A run is `running` and shows it by heartbeats until it is finished. When its process dies, the run stays `running`
//! with a heartbeat that grows old; then it is resumed under the same id or marked as abandoned. A resumed run looks
//! up the steps that it completed for the same input and does not do them again.
//!
//! Every run has one owner: the process that started it or took it over last. Whoever is not the owner is refused, and
//! on a lake one run of a pipeline works at a time, because all of them write the same tables.

mod cancel;
mod claim;
mod history;
mod lease;
mod measures;
mod resume;
mod run;
mod run_record;
mod run_status;
mod step;
mod step_record;
mod step_status;

pub use claim::{RunClaim, RunOwner};
pub use measures::Measures;
pub use run_record::{RunRecord, RunStart};
pub use run_status::RunStatus;
pub use step_record::{StepOutcome, StepRecord, StepStart};
pub use step_status::StepStatus;
