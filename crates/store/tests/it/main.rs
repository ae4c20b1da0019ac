//! The store on every database: the same tests run on SQLite and on the server at `TEST_MYSQL_URL`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says on standard error what it skips; its helpers do so, too"
)]

mod cancelling;
mod chaos_proxy;
mod connecting;
mod databases;
mod documents;
mod faults;
mod leases;
mod loading;
mod measures;
mod migrating;
mod models;
mod notices;
mod pruning;
mod publishing;
mod queries;
mod reading;
mod runs;
mod samples;
mod steps;
mod tracks;
