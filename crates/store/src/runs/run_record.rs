//! What is known of a run.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value as Json;

use crate::backend::Row;
use crate::clock::now_us;
use crate::text::{check_ascii, check_length};
use crate::{Error, RunId, RunStatus};

/// What is said of a run when it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStart {
    /// Its id, new for every run. Time-ordered UUIDs (version 7) sort as the runs do.
    pub run_id: RunId,
    /// The pipeline's name: 1 to 64 visible ASCII characters.
    pub pipeline: String,
    /// What started it, such as `schedule`, `event` or a person's name: at most 255 bytes.
    pub triggered_by: String,
    /// The options that it runs with, without secrets.
    pub options: Json,
    /// What identifies its work: runs with the same fingerprint would do the same. 1 to 128 visible ASCII characters.
    pub fingerprint: String,
}

/// A run as it is recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// Its id.
    pub run_id: RunId,
    /// The pipeline's name.
    pub pipeline: String,
    /// What started it.
    pub triggered_by: String,
    /// The options that it runs with.
    pub options: Json,
    /// What identifies its work.
    pub fingerprint: String,
    /// How it stands.
    pub status: RunStatus,
    /// Why it did not succeed.
    pub error: Option<String>,
    /// When it started.
    pub started_at_us: i64,
    /// When it last showed a sign of life.
    pub heartbeat_at_us: i64,
    /// When it ended.
    pub finished_at_us: Option<i64>,
}

impl RunStart {
    pub(super) fn check(&self) -> Result<(), Error> {
        check_ascii("pipeline", &self.pipeline, 64, "1 to 64 visible ASCII characters")?;
        check_length("triggered_by", &self.triggered_by, 255, "at most 255 bytes")?;
        check_ascii("fingerprint", &self.fingerprint, 128, "1 to 128 visible ASCII characters")
    }
}

impl RunRecord {
    /// How long ago the run last showed a sign of life, by this host's clock.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        Duration::from_micros(u64::try_from(now_us() - self.heartbeat_at_us).unwrap_or(0))
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            run_id: row.parsed("run_id", str::parse::<RunId>)?,
            pipeline: row.text("pipeline")?,
            triggered_by: row.text("triggered_by")?,
            options: row.parsed("options_json", str::parse::<Json>)?,
            fingerprint: row.text("fingerprint")?,
            status: row.parsed("status", RunStatus::parse)?,
            error: row.optional_text("error")?,
            started_at_us: row.int("started_at_us")?,
            heartbeat_at_us: row.int("heartbeat_at_us")?,
            finished_at_us: row.optional_int("finished_at_us")?,
        })
    }
}
