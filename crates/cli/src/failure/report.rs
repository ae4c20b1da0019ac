//! Tells a person what went wrong and what may help.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::{Advised, AlreadyReported, message};
use crate::{exit_code, table::plain};

/// Advice for messages of others, by a part of the message.
const HINTS: [(&str, &str); 4] = [
    ("' not found", "`segue tables` shows what the lake has"),
    ("TABLE_NOT_FOUND: ", "`segue tables` shows what the lake has, `segue catalog tables` what all databases have"),
    ("failed to serialize logical plan", "this statement cannot run on a cluster; instead of a table, create a view"),
    ("http://169.254.169.254/", "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
];

/// Writes the error and a hint to standard error, and returns the exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let code = exit_code::of(error);
    let is_shown = error.chain().any(|cause| cause.is::<AlreadyReported>());
    if code != exit_code::OK && !is_shown {
        // It may quote others' data.
        let message = plain(&message(error));
        let hint = hint(error, &message).map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
        // Without a standard error there is nobody to tell.
        let _ = io::stderr().write_all(format!("error: {message}\n{hint}").as_bytes());
    }
    ExitCode::from(code)
}

fn hint(error: &anyhow::Error, message: &str) -> Option<String> {
    let advised = error.chain().find_map(|cause| cause.downcast_ref::<Advised>());
    if let Some(advised) = advised {
        return Some(advised.advice.clone());
    }
    HINTS.iter().find(|(part, _)| message.contains(part)).map(|(_, hint)| (*hint).to_owned())
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[track_caller]
    fn check(error: anyhow::Error, expected: Option<&str>) {
        assert_eq!(hint(&error, &message(&error)).as_deref(), expected);
    }

    #[test]
    fn advises_where_it_can() {
        check(anyhow!("Error during planning: table 'a.b.nope' not found"), Some(HINTS[0].1));
        check(anyhow!("Schema error: No field named nope"), None);
        check(Advised::new(anyhow!("x"), "do this").into(), Some("do this"));
        check(anyhow::Error::new(Advised::new(anyhow!("x"), "do this")).context("y"), Some("do this"));
    }
}
