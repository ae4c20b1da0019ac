//! Queries on the way to the engine: parsed, checked for what the engine would answer in another way than Athena, named
//! as Athena names columns, and planned on a session of the cluster.

mod guard;
mod names;
mod parameters;
mod query;
mod session;

pub(crate) use names::without_marks;
pub(crate) use parameters::with_parameters;
pub(crate) use query::{PlannedQuery, check_syntax, plan};
pub(crate) use session::{QuerySession, open_session};
