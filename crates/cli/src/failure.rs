//! Tells a person what went wrong.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use datafusion::error::DataFusionError;

use crate::exit_code;

/// The command line is wrong in a way that only shows later.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// What failed has been shown already, by this command or by a program that it ran.
#[derive(Debug)]
pub(crate) struct AlreadyReported {
    pub(crate) exit_code: u8,
}

impl fmt::Display for AlreadyReported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit code {}", self.exit_code)
    }
}

impl std::error::Error for AlreadyReported {}

/// An error with advice, given where it is known best.
#[derive(Debug)]
pub(crate) struct Advised {
    error: anyhow::Error,
    advice: String,
}

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

impl std::error::Error for Advised {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.error)
    }
}

/// Writes the error and its advice to standard error, and returns the exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let code = exit_code::of(error);
    if code != exit_code::OK && error.downcast_ref::<AlreadyReported>().is_none() {
        let mut text = format!("error: {}\n", message(error));
        if let Some(hint) = hint(error) {
            text.push_str(&format!("hint: {hint}\n"));
        }
        // Without a standard error there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    }
    ExitCode::from(code)
}

/// The error and its causes in one line, without saying anything twice; lines that the error itself has stay.
fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let said = cause.to_string();
        let said = if text.is_empty() { said.trim_end() } else { said.lines().next().unwrap_or_default().trim_end() };
        if said.is_empty() || text.contains(said) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(said);
    }
    text
}

fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(advised) = cause.downcast_ref::<Advised>() {
            return Some(advised.advice.clone());
        }
        let engine = cause.downcast_ref::<DataFusionError>()?.find_root().to_string();
        let is_missing_table = engine.contains("table '") && engine.contains("not found");
        is_missing_table.then(|| "`segue tables` shows what the lake has".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[track_caller]
    fn check(error: anyhow::Error, expected: &str) {
        assert_eq!(message(&error), expected);
    }

    #[test]
    fn joins_causes_without_saying_anything_twice() {
        check(anyhow!("disk full").context("cannot write `a`"), "cannot write `a`: disk full");
        check(anyhow!("disk full").context("cannot write `a`: disk full"), "cannot write `a`: disk full");
        check(anyhow!("first\nsecond").context("top\n  detail"), "top\n  detail: first");
    }

    #[test]
    fn advises_where_it_can() {
        let missing = DataFusionError::Plan("table 'datafusion.public.nope' not found".to_owned());
        assert_eq!(hint(&missing.into()).as_deref(), Some("`segue tables` shows what the lake has"));
        assert_eq!(hint(&DataFusionError::Plan("no such column".to_owned()).into()), None);
        let advised = anyhow::Error::new(Advised::new(anyhow!("cause").context("it failed"), "do this"));
        assert_eq!(message(&advised), "it failed: cause");
        assert_eq!(hint(&advised).as_deref(), Some("do this"));
    }
}
