//! Processes that a process under test has started and not ended.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use uuid::Uuid;

/// The variable that marks a process and, by inheritance, all that it starts.
pub(super) const MARK_VARIABLE: &str = "TESTKIT_PROCESS";

/// The mark of one process under test and its descendants.
///
/// A process group would be the textbook's answer, but then a test runner that ends a hanging test by
/// its group would miss them.
#[derive(Debug)]
pub(super) struct Mark(String);

impl Mark {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Kills every process that bears this mark and still runs.
    pub(super) fn kill_bearers(&self) {
        for pid in self.bearers() {
            // One that has just ended by itself is as good.
            let _ = kill(pid, Signal::SIGKILL);
        }
    }

    /// Reads the environments in `/proc`. Zombies have none, and those of other users cannot be read.
    fn bearers(&self) -> Vec<Pid> {
        let mark = format!("{MARK_VARIABLE}={}", self.0);
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid: &i32| {
                fs::read(format!("/proc/{pid}/environ"))
                    .is_ok_and(|text| text.split(|byte| *byte == 0).any(|pair| pair == mark.as_bytes()))
            })
            .map(Pid::from_raw)
            .collect()
    }
}
