//! Queries that clients of the endpoint started: their history, and the signs of life of those that run.
//!
//! A query that has not ended belongs to the process that started it. When that process falls silent, any other one ends
//! the query in its place.

mod changes;
mod query_record;
mod reads;

pub use query_record::{QueryRecord, QueryStart, QueryStarted};
