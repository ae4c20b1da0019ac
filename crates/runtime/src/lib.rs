//! What every Segue process needs around its work.
//!
//! - [`telemetry`]: structured logs on standard error;
//! - [`admin`]: the health, readiness and metrics endpoints;
//! - [`tls`]: listeners that encrypt;
//! - [`shutdown`]: the signal to stop, and the notice that a process is ready.

pub mod admin;
pub mod shutdown;
mod store_retries;
pub mod telemetry;
pub mod tls;
