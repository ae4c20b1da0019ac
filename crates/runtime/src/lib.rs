//! What every Segue process needs around its work.
//!
//! - [`telemetry`]: structured logs on standard error;
//! - [`admin`]: the health, readiness and metrics endpoints;
//! - [`push`]: metrics of processes that end, for a Pushgateway;
//! - [`tls`]: listeners that encrypt;
//! - [`traces`]: spans, for an OpenTelemetry collector;
//! - [`shutdown`]: the signal to stop, and the notice that a process is ready.

pub mod admin;
pub mod push;
pub mod shutdown;
mod store_retries;
pub mod telemetry;
pub mod tls;
pub mod traces;
