//! The trainer, which is a program of its own: only it links libtorch.

use std::{
    io,
    process::Stdio,
    time::{Duration, Instant},
};

use runtime::traces;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    time::timeout,
};

use super::trainer_words;
use crate::{Error, Event, Observer, Result, RunOptions, Step, Workspace};

/// Variables that would change what is trained, or how the trainer logs, past the run's own settings.
/// `SEGUE_MODEL_THREADS` and `SEGUE_MODEL_DEVICE` pass: they say what computes, and not what is computed.
const NOT_INHERITED: [&str; 4] =
    ["SEGUE_MODEL_CONFIG", "SEGUE_MODEL_ATTRIBUTES", "SEGUE_MODEL_MAX_SECONDS", "RUST_LOG"];
/// Variable by which a program is told whose part its spans are.
const TRACE_PARENT: &str = "TRACEPARENT";
/// Longest report that is read; a real one has some kilobytes.
const MAX_REPORT_BYTES: u64 = 16 * 1024 * 1024;
/// Longest wait for its version; the first start reads half a gigabyte of libraries.
const CHECK_TIMEOUT: Duration = Duration::from_secs(60);

/// A call of the trainer on the lake.
pub(crate) fn command(workspace: &Workspace, options: &RunOptions, verb: &str) -> Command {
    let mut command = bare(options);
    command.arg(verb).arg("--lake").arg(workspace.lake.url().as_str()).arg("--json").args(&options.model_arguments);
    command
}

/// Checks that the trainer starts.
pub(crate) async fn check(options: &RunOptions) -> Result<()> {
    let mut command = bare(options);
    command.arg("version");
    let output = timeout(CHECK_TIMEOUT, command.output()).await;
    let silent = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", CHECK_TIMEOUT.as_secs()));
    let output = output.unwrap_or_else(|_| Err(silent())).map_err(|source| missing(options, source))?;
    if output.status.success() {
        return Ok(());
    }
    let last_words = trainer_words::follow(output.stderr.as_slice(), |_| ()).await;
    let reason = format!("`version` ended with {}: {last_words}", output.status);
    Err(missing(options, io::Error::other(reason)))
}

/// Runs the trainer; its standard error becomes progress, its standard output is one JSON document.
pub(crate) async fn run(
    mut command: Command,
    options: &RunOptions,
    step: Step,
    observer: &dyn Observer,
) -> Result<Value> {
    let started = Instant::now();
    let mut child = command.spawn().map_err(|source| missing(options, source))?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(missing(options, io::Error::other("its output cannot be read")));
    };
    let tell = |line: &str| {
        observer.notify(&Event::StepProgress { step, elapsed: started.elapsed(), message: line.to_owned() });
    };
    let (last_words, document) = tokio::join!(trainer_words::follow(stderr, tell), read_bounded(stdout));
    let status = child.wait().await.map_err(|source| missing(options, source))?;
    if !status.success() {
        return Err(Error::Model { step, status, last_words });
    }
    let unclear = |reason: String| Error::ModelReport { step, reason };
    let document = document.map_err(|error| unclear(error.to_string()))?;
    serde_json::from_slice(&document).map_err(|error| unclear(error.to_string()))
}

fn bare(options: &RunOptions) -> Command {
    let mut command = Command::new(&options.model_binary);
    for variable in NOT_INHERITED {
        command.env_remove(variable);
    }
    // Its spans are part of the step's.
    if let Some(parent) = traces::current_parent() {
        command.env(TRACE_PARENT, parent);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

fn missing(options: &RunOptions, source: io::Error) -> Error {
    Error::ModelMissing { binary: options.model_binary.display().to_string(), source }
}

/// Reads to the end, so that the writer is never blocked, and keeps what is not too long.
async fn read_bounded(mut stdout: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut document = Vec::new();
    (&mut stdout).take(MAX_REPORT_BYTES).read_to_end(&mut document).await?;
    let beyond = tokio::io::copy(&mut stdout, &mut tokio::io::sink()).await?;
    if beyond > 0 {
        return Err(io::Error::other(format!("it is longer than {MAX_REPORT_BYTES} bytes")));
    }
    Ok(document)
}
