//! Trino's SQL as its documentation says it behaves.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the crate stands below `udfs`, and brings its own functions")]

mod assignment;
mod behaviours;
mod coverage;
mod lambda_calls;
mod lambdas;
mod mutations;
mod references;
mod round_trip;
