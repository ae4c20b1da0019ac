//! The nightly job: raw slices in, published predictions out.
//!
//! ```text
//! raw slices ─► quarantine, playlists, playlist_tracks ─► tracks ─► sequences ─► track_cooccurrence     (SQL on the cluster)
//!                                                                       └──────────┴─► train ─► predict  (segue-model)
//!                                                                                                └─► publish (database)
//! ```
//!
//! `sql/pipeline/pipeline.toml` declares the graph of steps; a file of one's own may add steps of SQL. The steps of SQL are files under `sql/pipeline`, each a plain query that anyone can run; a step runs it on the
//! cluster as an `INSERT OVERWRITE` of the table that bears its name, or of the partitions whose slices are new. What it
//! wrote is checked before anybody else sees it. Every attempt at a step is recorded in the
//! database, so a run that failed goes on where it stopped. One run works on a lake at a time.

mod attempts;
mod checks;
mod dag;
mod definition;
mod error;
mod fingerprint;
mod host;
mod increment;
mod inputs;
mod liveness;
mod options;
mod own_step;
mod plan;
mod preflight;
mod progress;
mod quality;
mod recorded;
mod report;
mod run;
mod session;
mod step;
mod steps;

pub use checks::{Check, CheckOutcome};
pub use dag::{Dag, DagError, Node};
pub use error::{Error, ErrorClass, Result};
pub use host::this_process;
pub use increment::RemovedSlices;
pub use liveness::Liveness;
pub use options::RunOptions;
pub use own_step::OwnStep;
pub use plan::{PlannedStep, plan};
pub use progress::{Event, Observer};
pub use quality::{Distance, Drift, History, RowFinding, RowPolicy, WorseModel};
pub use report::{RunReport, StepReport};
pub use run::{PIPELINE, run};
pub use session::{LakeEngine, RAW_PLAYLISTS, RAW_REJECTS, Workspace};
pub use step::Step;
