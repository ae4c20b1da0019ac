//! How a run stands.

use std::fmt;

use serde::Serialize;

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// A process works on it, or died while it did; the heartbeat tells.
    Running,
    /// It did all of its work.
    Succeeded,
    /// It gave up with an error.
    Failed,
    /// It exceeded its time.
    TimedOut,
    /// Its process was told to stop, by a signal.
    Stopped,
    /// Someone asked for its end through the store.
    Cancelled,
    /// Its process fell silent and nobody resumed it.
    Abandoned,
}

impl RunStatus {
    const ALL: [Self; 7] =
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Stopped, Self::Cancelled, Self::Abandoned];

    /// The name under which it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| format!("unknown run status `{text}`"))
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
