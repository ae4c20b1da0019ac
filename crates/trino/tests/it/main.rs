//! Trino's SQL as its documentation says it behaves.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod behaviours;
mod lambda_calls;
mod lambdas;
