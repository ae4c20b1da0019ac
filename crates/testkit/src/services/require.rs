//! What happens when a server is not there.

use std::fmt::Display;

use crate::environment::variable;

/// Returns the variable that tells where a server is; without it, says that the test is skipped.
///
/// With `CI` set the test fails instead.
#[expect(clippy::panic, reason = "a test that cannot run where it has to run has failed")]
#[expect(clippy::print_stderr, reason = "the test harness shows it to whoever asks why nothing ran")]
pub(super) fn required(name: &str) -> Option<String> {
    let value = variable(name);
    if value.is_none() {
        let advice = "start the servers with `deploy/setup/services.sh start` and run \
                      `eval \"$(deploy/setup/services.sh env)\"`";
        if variable("CI").is_some() {
            panic!("`{name}` is not set although `CI` is: {advice}");
        }
        eprintln!("skipped: `{name}` is not set: {advice}");
    }
    value
}

/// Ends the test because a variable makes no sense.
#[expect(clippy::panic, reason = "a test that was set up wrongly has failed")]
pub(super) fn refuse(name: &str, why: impl Display) -> ! {
    panic!("`{name}` cannot be used: {why}")
}
