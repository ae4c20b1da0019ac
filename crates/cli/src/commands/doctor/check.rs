//! What a check found.

use std::fmt;

use serde::Serialize;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Outcome {
    /// As it should be.
    Ok,
    /// Segue works, but not as well as it could.
    Warn,
    /// Segue does not work.
    Fail,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        })
    }
}

/// What a check found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// What was checked.
    pub(super) name: &'static str,
    /// How it stands.
    pub(super) outcome: Outcome,
    /// What was found.
    pub(super) finding: String,
    /// What to do, if something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, finding: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Ok, finding: finding.into(), fix: None }
    }

    pub(super) fn warn(name: &'static str, finding: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Warn, finding: finding.into(), fix: Some(fix.into()) }
    }

    pub(super) fn fail(name: &'static str, finding: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Fail, finding: finding.into(), fix: Some(fix.into()) }
    }
}
