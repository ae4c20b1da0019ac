//! The servers that tests share, found by environment variables.
//!
//! `deploy/setup/services.sh` starts them and prints the variables; `make test` does both. A test asks
//! for a server and returns when there is none:
//!
//! ```no_run
//! # async fn test() -> anyhow::Result<()> {
//! let Some(server) = testkit::services::mysql() else { return Ok(()) };
//! let database = server.fresh_database().await?;
//! # Ok(())
//! # }
//! ```
//!
//! On a developer's machine a missing server means a skipped test, with the reason on stderr. With `CI`
//! set it means a failed test: nothing is skipped there in silence.

mod collector;
mod fault_proxy;
mod mysql;
mod require;
mod s3;
mod webhook;

pub use collector::{Collector, ToldSpan};
pub use fault_proxy::{Fault, FaultProxy};
pub use mysql::{FreshDatabase, MySqlServer, mysql};
pub use s3::{S3Endpoint, s3};
pub use webhook::Webhook;
