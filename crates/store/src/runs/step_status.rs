//! How an attempt at a step stands.

use std::fmt;

use serde::Serialize;

/// The state of an attempt at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It is being worked on, or its process died while it was.
    Running,
    /// It did its work.
    Succeeded,
    /// It gave up with an error.
    Failed,
    /// There was nothing to do, because its output was there already.
    Skipped,
    /// Its process fell silent, and its run was resumed or marked as abandoned.
    Abandoned,
}

impl StepStatus {
    const ALL: [Self; 5] = [Self::Running, Self::Succeeded, Self::Failed, Self::Skipped, Self::Abandoned];

    /// The name under which it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Abandoned => "abandoned",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| format!("unknown step status `{text}`"))
    }
}

impl fmt::Display for StepStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
