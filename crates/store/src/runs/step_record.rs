//! What is known of an attempt at a step.

use serde::Serialize;

use crate::backend::Row;
use crate::text::check_ascii;
use crate::{Error, RunId, StepStatus};

/// What is said of an attempt when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepStart {
    /// The step's name: 1 to 64 visible ASCII characters.
    pub step: String,
    /// 1 for the first attempt at this step in this run, then 2 and so on.
    pub attempt: u32,
    /// What identifies the step's input and settings: 1 to 128 visible ASCII characters.
    pub input_fingerprint: String,
}

/// How an attempt ended and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// How it ended.
    pub status: StepStatus,
    /// Rows read.
    pub rows_in: Option<u64>,
    /// Rows written.
    pub rows_out: Option<u64>,
    /// Bytes written.
    pub bytes: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Names what it wrote, such as a table's version: at most 255 bytes.
    pub output_version: Option<String>,
    /// Why it did not succeed, without secrets; what exceeds 16 KiB is cut.
    pub error: Option<String>,
}

/// An attempt at a step as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepRecord {
    /// The run that it belongs to.
    pub run_id: RunId,
    /// The step's name.
    pub step: String,
    /// Which attempt in this run, from 1.
    pub attempt: u32,
    /// What identifies the step's input and settings.
    pub input_fingerprint: String,
    /// How it stands.
    pub status: StepStatus,
    /// When it started.
    pub started_at_us: i64,
    /// When it ended.
    pub finished_at_us: Option<i64>,
    /// Rows read.
    pub rows_in: Option<u64>,
    /// Rows written.
    pub rows_out: Option<u64>,
    /// Bytes written.
    pub bytes: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Names what it wrote.
    pub output_version: Option<String>,
    /// Why it did not succeed.
    pub error: Option<String>,
}

impl StepStart {
    pub(super) fn check(&self) -> Result<(), Error> {
        check_ascii("step", &self.step, 64, "1 to 64 visible ASCII characters")?;
        check_ascii("input_fingerprint", &self.input_fingerprint, 128, "1 to 128 visible ASCII characters")
    }
}

impl StepOutcome {
    /// The outcome of an attempt that did its work. Counts are unknown until they are set.
    #[must_use]
    pub fn succeeded() -> Self {
        Self::with_status(StepStatus::Succeeded)
    }

    /// The outcome of an attempt that had nothing to do.
    #[must_use]
    pub fn skipped() -> Self {
        Self::with_status(StepStatus::Skipped)
    }

    /// The outcome of an attempt that gave up.
    #[must_use]
    pub fn failed(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::with_status(StepStatus::Failed) }
    }

    fn with_status(status: StepStatus) -> Self {
        Self {
            status,
            rows_in: None,
            rows_out: None,
            bytes: None,
            duration_ms: None,
            output_version: None,
            error: None,
        }
    }
}

impl StepRecord {
    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            run_id: row.parsed("run_id", str::parse::<RunId>)?,
            step: row.text("step")?,
            attempt: row.small_count("attempt")?,
            input_fingerprint: row.text("input_fingerprint")?,
            status: row.parsed("status", StepStatus::parse)?,
            started_at_us: row.int("started_at_us")?,
            finished_at_us: row.optional_int("finished_at_us")?,
            rows_in: row.optional_count("rows_in")?,
            rows_out: row.optional_count("rows_out")?,
            bytes: row.optional_count("bytes")?,
            duration_ms: row.optional_count("duration_ms")?,
            output_version: row.optional_text("output_version")?,
            error: row.optional_text("error")?,
        })
    }
}
