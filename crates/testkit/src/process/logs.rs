//! The output of a process, in files: no pipe can fill up and stop it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// As many lines of each stream are shown when something goes wrong.
const TAIL_LINES: usize = 60;

/// The two files that a process writes to, removed with this value.
#[derive(Debug)]
pub(super) struct Logs {
    folder: TempDir,
}

impl Logs {
    pub(super) fn try_new() -> Result<Self> {
        let folder = TempDir::with_prefix("segue-process-").context("making a folder for logs")?;
        Ok(Self { folder })
    }

    pub(super) fn create_stdout(&self) -> Result<File> {
        create(&self.stdout_path())
    }

    pub(super) fn create_stderr(&self) -> Result<File> {
        create(&self.stderr_path())
    }

    /// Returns what the process has written so far. Bytes that are not UTF-8 are replaced.
    pub(super) fn stdout(&self) -> String {
        read(&self.stdout_path())
    }

    pub(super) fn stderr(&self) -> String {
        read(&self.stderr_path())
    }

    /// Returns the last lines of both streams, for an error message.
    pub(super) fn tail(&self) -> String {
        let stdout = last_lines(&self.stdout());
        let stderr = last_lines(&self.stderr());
        format!("--- its stdout ends:\n{stdout}\n--- its stderr ends:\n{stderr}\n---")
    }

    fn stdout_path(&self) -> PathBuf {
        self.folder.path().join("stdout.log")
    }

    fn stderr_path(&self) -> PathBuf {
        self.folder.path().join("stderr.log")
    }
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("creating {}", path.display()))
}

fn read(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_the_last_lines() {
        let text: String = (1..=TAIL_LINES + 5).map(|line| format!("{line}\n")).collect();
        let tail = last_lines(&text);
        assert_eq!(tail.lines().count(), TAIL_LINES);
        assert!(tail.starts_with("6\n"), "{tail}");
        assert_eq!(last_lines("one\ntwo"), "one\ntwo");
        assert_eq!(last_lines(""), "");
    }
}
