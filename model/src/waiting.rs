//! How libtorch's threads wait for each other.

/// What libgomp reads, once, when it is loaded.
const WAIT_POLICY: &str = "OMP_WAIT_POLICY";

/// Makes the threads of libtorch sleep while they wait for each other, unless the user said how they should wait.
///
/// By default libgomp's threads spin. Where they have the machine to themselves that saves microseconds; beside other
/// processes, or under a container's limit, the spinning ones take the cores that the others need: on two busy cores a
/// training step took twenty times as long. libgomp reads the setting before `main` begins, so the process has to start
/// itself anew, once, under the same process id. If that fails, it goes on as it is.
pub fn wait_without_spinning() {
    #[expect(clippy::disallowed_methods, reason = "the variable is libgomp's, and must be known before anything else")]
    let is_set = std::env::var_os(WAIT_POLICY).is_some();
    if is_set {
        return;
    }
    #[cfg(unix)]
    if let Ok(program) = std::env::current_exe() {
        use std::{os::unix::process::CommandExt, process::Command};
        let error = Command::new(program).args(std::env::args_os().skip(1)).env(WAIT_POLICY, "passive").exec();
        tracing::debug!(%error, "cannot start anew with passive waiting");
    }
}
