//! How patient and how greedy the store is.

use std::time::Duration;

/// Limits of one [`Store`](crate::Store). Every call ends: at worst after `max_attempts` times the sum of
/// `acquire_timeout` and the call's own limit.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The most connections held open at once. Default 8. Too low makes calls wait for each other; too high exhausts
    /// the server's `max_connections`. `sqlite::memory:` always works with one.
    pub max_connections: u32,
    /// How long a call waits for a connection, the time to open one included. Default 10 s. Too low fails calls while
    /// a server restarts; too high hides that it is gone.
    pub acquire_timeout: Duration,
    /// How long one statement or one bounded transaction (a loaded chunk, for example) may take. Default 30 s.
    pub call_timeout: Duration,
    /// How long the transaction that verifies and publishes a set may take. Default 10 min; verification reads every
    /// row of the set, about a second per million.
    pub publish_timeout: Duration,
    /// How long a start waits for another process's migration, and how long its own may take. Default 5 min.
    pub migration_timeout: Duration,
    /// How often a call is tried when the connection breaks or the database asks to try again (deadlock, lock wait,
    /// busy). Default 5, at least 1. The pauses double from 50 ms to at most 2 s.
    pub max_attempts: u32,
    /// Whether a SQLite file (with its folder) or a MySQL database that does not exist is made. Default true.
    pub create_database: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(30),
            publish_timeout: Duration::from_secs(600),
            migration_timeout: Duration::from_secs(300),
            max_attempts: 5,
            create_database: true,
        }
    }
}
