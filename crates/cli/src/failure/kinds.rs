//! Errors of the command line itself.

use std::{error::Error, fmt};

/// The command line is wrong in a way that only shows later.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

/// What failed has been shown already, by this command or by a program that it ran.
#[derive(Debug)]
pub(crate) struct AlreadyReported {
    pub(crate) exit_code: u8,
}

/// An error with advice, given where it is known best.
#[derive(Debug)]
pub(crate) struct Advised {
    error: anyhow::Error,
    pub(super) advice: String,
}

impl fmt::Display for UsageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for UsageError {}

impl fmt::Display for AlreadyReported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit code {}", self.exit_code)
    }
}

impl Error for AlreadyReported {}

impl Advised {
    pub(crate) fn new(error: impl Into<anyhow::Error>, advice: impl Into<String>) -> Self {
        Self { error: error.into(), advice: advice.into() }
    }
}

impl fmt::Display for Advised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, formatter)
    }
}

impl Error for Advised {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}
