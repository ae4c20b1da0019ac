//! The `segue` command.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::command::ProcessCommand;
use super::guard::ProcessGuard;
use super::output::Output;

/// Longer than any command needs on sample data, shorter than the test runner's patience.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(240);

/// The command line, with an environment that holds only what the test sets.
#[derive(Clone, Debug)]
pub struct Segue {
    command: ProcessCommand,
    timeout: Duration,
}

impl Segue {
    /// Finds the `segue` program.
    ///
    /// # Errors
    /// If it has not been built.
    pub fn try_new() -> Result<Self> {
        ProcessCommand::of_workspace("segue").map(Self::from_command)
    }

    /// Takes any other command.
    pub fn from_command(command: ProcessCommand) -> Self {
        Self { command, timeout: DEFAULT_TIMEOUT }
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.command = self.command.env(name, value);
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(mut self, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        self.command = self.command.envs(pairs);
        self
    }

    /// Sets the folder that it runs in; by default that of the test.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command = self.command.current_dir(folder);
        self
    }

    /// Sets how long a command may run; by default 4 minutes.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs a command to its end. A failed command is no error here: its code is in the result.
    ///
    /// # Errors
    /// If it cannot be started, or runs longer than the timeout; it is then ended.
    pub async fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Output> {
        let process = self.start(args)?;
        let status = process.wait(self.timeout).await?;
        Ok(Output { status, stdout: process.stdout(), stderr: process.stderr() })
    }

    /// Starts a command and leaves it running, for a server or for one that is to be killed.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<ProcessGuard> {
        self.command.clone().args(args).spawn()
    }
}
