//! When the pipeline runs, and who is told how it went.
//!
//! ```text
//! schedule ───────────────────────────┐
//! events (S3, EventBridge, SNS, …) ─┐ ├─► run ─► alarms ─► people
//! listing every few minutes ────────┴─► settle ┘      └─► metrics
//! ```
//!
//! Events are hints: they may come twice, late, in any order or never. What is new is decided by comparing the slices
//! that are there with those that the lake's tables were made from, which the tables' manifests note, so each version of
//! a slice is worked in once. The listing finds what no event told.

mod alarms;
mod cancel_note;
mod digest;
mod error;
mod events;
mod lake_runs;
mod metrics;
mod news;
mod receiver;
mod schedule;
mod setbacks;
mod settings;
mod settling;
mod watcher;

pub use alarms::Alarms;
pub use error::{Error, Result};
pub use events::{ObjectEvent, decode};
pub use schedule::Schedule;
pub use settings::WatchSettings;
pub use settling::Settling;
pub use watcher::Watcher;
