//! What must be identical on client, scheduler and executor.
//!
//! A query is planned on a client, optimised on the scheduler and run on executors, each in a process of its own. They
//! agree because all of them build their session here:
//!
//! - [`scan`]: raw slices as a table with nested tracks;
//! - [`files_table`]: files that a catalog knows as a table;
//! - [`lake_table`]: the lake's tables, read by version and written atomically;
//! - [`functions`]: SQL functions;
//! - [`operators`]: physical operators of the parallel write;
//! - [`writes`]: statements that are turned into such a write;
//! - [`optimizer`]: logical optimizer rules;
//! - [`codec`]: how all of these travel;
//! - [`task_failure`]: which failures of a task are worth another attempt;
//! - [`session`]: the one place where a `SessionState` is made.

pub mod codec;
mod failure;
mod file_path;
pub mod files_table;
pub mod functions;
pub mod lake_table;
pub mod operators;
pub mod optimizer;
pub mod scan;
pub mod session;
pub mod writes;

pub use failure::task_failure;
