//! Queries on the way to the engine: parsed and planned as Trino does, on a session of the cluster.

mod parameters;
mod query;
mod session;

pub(crate) use parameters::with_parameters;
pub(crate) use query::{BYTES_EXCEEDED, PlannedQuery, plan, statement_of};
pub(crate) use session::{QuerySession, open_session};
