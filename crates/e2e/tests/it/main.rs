//! Tests of the whole system: real scheduler and executor processes, a real S3 server, a real MySQL server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod athena;
mod client;
mod contract;
mod cooccurrence;
mod dashboard;
mod deploy;
mod encrypted_cluster;
mod ended_clients;
mod endpoints;
mod executor_metrics;
mod faults;
mod night;
mod nightly;
mod places;
mod pods;
mod reader;
mod run;
mod session;
mod traces;
