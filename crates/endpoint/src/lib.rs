//! The endpoint: Athena's and Glue's operations, on the data catalog and the cluster.
//!
//! ```text
//! request ─► server ─► operations ─► catalog                      look-ups and changes of tables
//!                          │
//!                          └─► queries ─► execute ─► cluster      one job per query
//!                                 │          └─► object store     result files
//!                                 └─► store                       history
//! ```
//!
//! Callers in this process, the command line and the door of Flight SQL, take the rows of the same statements as they are
//! ([`StatementRunner`]).
//!
//! A query is parsed before it is accepted, recorded before it is answered, and runs as a job on executors; its rows go
//! from there to the result file as they come. The history is the store's, so any endpoint on the same store answers for
//! any query.

#![recursion_limit = "256"]

mod error;
mod execute;
mod flight;
mod local_buckets;
mod metrics;
mod operations;
mod options;
mod queries;
mod runner;
mod s3;
mod server;
mod service;
mod sql;
mod statement;

pub use error::QueryError;
pub use execute::Answer;
pub use options::EndpointOptions;
pub use runner::StatementRunner;
pub use server::serve;
pub use service::{Places, Service};
