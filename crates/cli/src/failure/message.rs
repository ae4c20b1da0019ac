//! An error as one text.

use super::engine_words::unpacked;

/// The error and its causes, without saying anything twice. Lines that the error itself has stay; causes have one.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let said = unpacked(&cause.to_string());
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

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;
    use crate::failure::Advised;

    #[track_caller]
    fn check(error: anyhow::Error, expected: &str) {
        assert_eq!(message(&error), expected);
    }

    #[test]
    fn joins_causes_without_saying_anything_twice() {
        check(anyhow!("disk full").context("cannot write `a`"), "cannot write `a`: disk full");
        check(anyhow!("disk full").context("cannot write `a`: disk full"), "cannot write `a`: disk full");
        check(anyhow!("first\nsecond").context("top\n  detail"), "top\n  detail: first");
        check(Advised::new(anyhow!("cause").context("it failed"), "do this").into(), "it failed: cause");
    }
}
