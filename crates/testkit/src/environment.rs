//! The environment of the test process: the one place that reads it.

use std::env;
use std::ffi::OsString;

/// Variables with these prefixes would change what a program under test does. It gets those that its
/// test sets, never those of the person who runs the tests.
const CLEANED_PREFIXES: [&str; 2] = ["SEGUE_", "AWS_"];

/// Returns a variable's value; an empty one counts as unset.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no command line of their own: their settings are environment variables"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the names of the variables that a program under test must not inherit.
pub(crate) fn cleaned_variables() -> impl Iterator<Item = OsString> {
    env::vars_os().map(|(name, _)| name).filter(|name| is_cleaned(&name.to_string_lossy()))
}

fn is_cleaned(name: &str) -> bool {
    CLEANED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: bool) {
        assert_eq!(is_cleaned(name), expected, "{name}");
    }

    #[test]
    fn settings_of_segue_and_aws_are_cleaned() {
        check("SEGUE_STORE_URL", true);
        check("AWS_SECRET_ACCESS_KEY", true);
        check("PATH", false);
        check("TEST_S3_ENDPOINT", false);
        check("MY_AWS_PROFILE", false);
    }

    #[test]
    fn an_unset_variable_has_no_value() {
        assert_eq!(variable("TESTKIT_SURELY_UNSET"), None);
    }
}
