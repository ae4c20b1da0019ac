//! The trainer.

use std::{process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use super::check::Check;
use crate::model_binary::ModelBinary;

const NAME: &str = "segue-model";
/// Longest wait for its version; the first start reads half a gigabyte of libraries.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whether the trainer is there and starts.
pub(super) async fn check(model: &ModelBinary) -> Check {
    let binary = model.path();
    let place = binary.display();
    let mut command = Command::new(&binary);
    command.arg("version").stdin(Stdio::null()).kill_on_drop(true);
    match timeout(TIMEOUT, command.output()).await {
        Err(_) => {
            let finding = format!("{place} did not answer within {} s", TIMEOUT.as_secs());
            Check::fail(NAME, finding, "look whether this machine is overloaded, then build it anew: make build")
        }
        Ok(Err(error)) => {
            let fix = "build it with `make build`, or name it with --model-binary; without it only train, predict and \
                       recommending for unseen lists fail";
            Check::fail(NAME, format!("{place} cannot be started: {error}"), fix)
        }
        Ok(Ok(output)) if !output.status.success() => {
            let words = String::from_utf8_lossy(&output.stderr);
            let last = words.lines().last().unwrap_or("without a word").to_owned();
            Check::fail(NAME, format!("{place} ended with {}: {last}", output.status), "build it anew: make build")
        }
        Ok(Ok(output)) => {
            let words = String::from_utf8_lossy(&output.stdout).lines().collect::<Vec<_>>().join(", ");
            Check::ok(NAME, format!("{place}: {words}"))
        }
    }
}
