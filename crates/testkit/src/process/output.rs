//! What a finished command has left.

use std::process::ExitStatus;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The result of a command that has ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to stdout. Bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// What it wrote to stderr. Bytes that are not UTF-8 are replaced.
    pub stderr: String,
}

impl Output {
    /// Returns the exit code, unless a signal ended the command.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Passes the output on if the command succeeded.
    ///
    /// # Errors
    /// If it did not; the message has all of its output.
    pub fn success(self) -> Result<Self> {
        ensure!(
            self.status.success(),
            "the command failed: {}\n--- its stdout:\n{}\n--- its stderr:\n{}\n---",
            self.status,
            self.stdout,
            self.stderr
        );
        Ok(self)
    }

    /// Reads stdout as one JSON document.
    ///
    /// # Errors
    /// If it is none.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("expected JSON on stdout, found {}", self.stdout))
    }
}
