//! Trino's SQL as its documentation says it behaves.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod as_trino;
mod behaviours;
