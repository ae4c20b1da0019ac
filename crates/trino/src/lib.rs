//! Trino's SQL, in meaning and not only in words.
//!
//! - [`types`]: Trino's types and how Arrow's fields carry them;
//! - [`functions`]: Trino's functions under names of their own, which every session registers;
//! - [`sql`]: the grammar, and the planner that types a query as Trino does;
//! - [`error`]: the names by which Trino's errors are known.

pub mod error;
pub mod functions;
pub mod sql;
pub mod types;

pub use error::{ErrorName, TrinoError};
pub use types::TrinoType;
