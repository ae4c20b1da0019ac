//! What to run, with which arguments and environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::guard::ProcessGuard;
use super::logs::Logs;
use super::{find_program, leftovers};
use crate::environment::cleaned_variables;

/// A program with its arguments and environment, ready to be started any number of times.
///
/// It inherits the environment of the test less `SEGUE_*` and `AWS_*`, has no standard input, and writes
/// its output to files.
#[derive(Clone, Debug)]
pub struct ProcessCommand {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(String, String)>,
    folder: Option<PathBuf>,
}

impl ProcessCommand {
    /// Describes the process of any program.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), args: Vec::new(), env: Vec::new(), folder: None }
    }

    /// Describes the process of a program of this workspace.
    ///
    /// # Errors
    /// If the program has not been built.
    pub fn of_workspace(name: &str) -> Result<Self> {
        Ok(Self::new(find_program(name)?))
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(self, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        pairs.into_iter().fold(self, |command, (name, value)| command.env(name, value))
    }

    /// Sets the folder that it runs in; by default that of the test.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// Starts the process.
    ///
    /// # Errors
    /// If the operating system cannot start the program.
    pub fn spawn(&self) -> Result<ProcessGuard> {
        let logs = Logs::try_new()?;
        let mark = leftovers::Mark::new();
        let mut command = Command::new(&self.program);
        for name in cleaned_variables() {
            command.env_remove(name);
        }
        command
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env(leftovers::MARK_VARIABLE, mark.as_str())
            .stdin(Stdio::null())
            .stdout(logs.create_stdout()?)
            .stderr(logs.create_stderr()?);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let child = command.spawn().with_context(|| format!("starting {}", self.program.display()))?;
        ProcessGuard::try_new(self.name(), child, logs, mark)
    }

    fn name(&self) -> String {
        self.program.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
