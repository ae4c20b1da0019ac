//! What a process says to be given a run, and what it is given.

use std::time::Duration;

use uuid::Uuid;

use crate::text::{check_ascii, check_length};
use crate::{Error, RunId};

/// Claim of a process to work on a lake. One run of a pipeline works on a lake at a time, whatever its work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunClaim {
    /// Address of the lake: 1 to 2048 visible ASCII characters. Credentials and query do not count.
    pub lake_url: String,
    /// Where the process is, for people who look for it: at most 255 bytes.
    pub host: String,
    /// Silence after which the process of another run is taken for gone. It should be several heartbeats long: too
    /// short takes a run from a process that is merely slow, too long makes everyone wait after a crash.
    pub silent_for: Duration,
}

/// The right of one process to work on a run, until the run ends or another process takes it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOwner {
    run_id: RunId,
    token: String,
}

impl RunClaim {
    pub(super) fn check(&self) -> Result<(), Error> {
        check_ascii("lake_url", &self.lake_url, 2048, "1 to 2048 visible ASCII characters")?;
        check_length("host", &self.host, 255, "at most 255 bytes")
    }
}

impl RunOwner {
    pub(super) fn new(run_id: RunId) -> Self {
        Self { run_id, token: Uuid::new_v4().to_string() }
    }

    /// The run.
    #[must_use]
    pub fn run_id(&self) -> &RunId {
        &self.run_id
    }

    /// Tells this process from all others.
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}
