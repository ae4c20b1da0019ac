//! The relational side of Segue, on SQLite (the embedded default) or on MySQL and MariaDB.
//!
//! It keeps what must outlive every process and be readable by others:
//!
//! - **runs and steps** of pipelines, so that history is there after a restart, a run resumes at the step that it had not
//!   finished, and two runs never work on one lake at once;
//! - **models** with their metrics;
//! - **tracks** with their names;
//! - **documents**: the objects of the data catalog and of the query endpoint, under names and with revisions;
//! - **queries** that clients of the endpoint started, with all that became of them;
//! - **predictions**, in sets that are loaded, verified and then made current all at once. Applications read the view
//!   `current_predictions`.
//!
//! ```no_run
//! # async fn example() -> Result<(), store::Error> {
//! use store::{DatabaseUrl, Store, StoreOptions};
//!
//! let url: DatabaseUrl = "sqlite://segue.db".parse()?;
//! let store = Store::connect(&url, &StoreOptions::default()).await?;
//! for next in store.recommendations(42, 10).await? {
//!     println!("{} {}", next.rank_no, next.track.track_uri);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! This is the only crate that holds SQL for these databases. It does not know the lake, the query engine or the model.
//!
//! Times are microseconds since 1970-01-01 UTC, on both databases and in every record (`*_at_us`).

mod backend;
mod clock;
mod database_url;
mod documents;
mod error;
mod id;
mod migrations;
mod models;
mod notices;
mod options;
mod predictions;
mod queries;
mod runs;
mod store;
mod text;
mod tracks;

pub use database_url::DatabaseUrl;
pub use documents::{Document, DocumentKey};
pub use error::Error;
pub use id::{Id, IdKind, ModelId, ModelKind, RunId, RunKind, SetId, SetKind};
pub use models::ModelRecord;
pub use options::StoreOptions;
pub use predictions::{PredictionRow, PredictionSet, Publication, Recommendation, SetRecord, SetState};
pub use queries::{QueryRecord, QueryStart, QueryStarted};
pub use runs::{
    Measures, RunClaim, RunOwner, RunRecord, RunStart, RunStatus, StepOutcome, StepRecord, StepStart, StepStatus,
};
pub use store::Store;
pub use tracks::Track;
