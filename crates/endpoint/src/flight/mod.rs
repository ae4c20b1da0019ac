//! The door of Arrow Flight SQL, for ADBC, JDBC and ODBC, on the port of the other services.
//!
//! ```text
//! GetFlightInfo ─► plan: columns, and a ticket that holds the statement
//! DoGet(ticket) ─► StatementRunner ─► job on executors ─► record batches as they come
//! ```
//!
//! Statements are Athena's, as everywhere at the endpoint, on the same catalog and in turn with its queries. Nothing is
//! kept between calls: a ticket and the handle of a prepared statement hold the statement and its values, so that any
//! endpoint can answer. Each is no more than a statement that its holder could send as well.
//!
//! Ballista has a door of its own for this protocol (55.0.0, feature `flight-sql`). It speaks the engine's dialect, plans
//! on the scheduler's session without a catalog, gathers a result before the client may ask for it, cannot write and
//! cannot be cancelled; hence this one.

mod asked;
mod auth;
mod door;
mod metadata;

pub(crate) use door::{PATH, service};
