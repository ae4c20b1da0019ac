//! One small interface over the two drivers, so that each table's code is written once.
//!
//! Statements use `?` for parameters on both sides. Where the dialects part, a [`Sql`] holds both texts. Nothing
//! outside of this module names a driver's types.

mod access;
mod batches;
mod call;
mod fault;
mod mysql;
mod pool;
mod retry;
mod row;
mod session;
mod sql;
mod sqlite;
mod value;

pub(crate) use access::open;
pub(crate) use batches::{MAX_BATCH_BYTES, batches, placeholders};
pub(crate) use call::Call;
pub(crate) use fault::Fault;
pub(crate) use pool::Pool;
pub(crate) use row::Row;
pub(crate) use session::Session;
pub(crate) use sql::{Dialect, Sql};
pub(crate) use value::Value;
