//! A running `segue-executor`.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::command::ProcessCommand;
use super::guard::ProcessGuard;
use super::ready::{self, READY_TIMEOUT, ReadyFile};

/// An executor that has registered with its scheduler.
#[derive(Debug)]
pub struct Executor {
    // Before the folder: the process must be gone when its files are removed.
    process: ProcessGuard,
    flight: SocketAddr,
    grpc: SocketAddr,
    admin: SocketAddr,
    work_dir: PathBuf,
    _own_folder: Option<TempDir>,
}

impl Executor {
    /// Describes an executor of the scheduler at `scheduler`, on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// If `segue-executor` has not been built.
    pub fn builder(scheduler: SocketAddr) -> Result<ExecutorBuilder> {
        Ok(ExecutorBuilder::new(ProcessCommand::of_workspace("segue-executor")?, scheduler))
    }

    /// Returns the address from which shuffle data are fetched.
    pub fn flight(&self) -> SocketAddr {
        self.flight
    }

    /// Returns the address on which the scheduler launches tasks.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// Returns the address of health checks and metrics.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Returns the folder with its shuffle files.
    pub fn work_dir(&self) -> &Path {
        &self.work_dir
    }

    /// Asks the admin port, for example for `/metrics`.
    ///
    /// # Errors
    /// If it does not answer, or answers with an error status.
    pub async fn admin_get(&self, path: &str) -> Result<String> {
        ready::admin_get(self.admin, path).await.context("asking an executor")
    }

    /// Returns the process, to end or freeze it.
    pub fn process(&self) -> &ProcessGuard {
        &self.process
    }
}

/// How to start an executor.
#[derive(Clone, Debug)]
pub struct ExecutorBuilder {
    command: ProcessCommand,
    scheduler: SocketAddr,
    vcores: usize,
    work_dir: Option<PathBuf>,
}

impl ExecutorBuilder {
    /// Describes an executor of another program, which must obey the same arguments.
    pub fn new(command: ProcessCommand, scheduler: SocketAddr) -> Self {
        Self { command, scheduler, vcores: 2, work_dir: None }
    }

    /// Sets how many tasks it runs at once; by default 2.
    #[must_use]
    pub fn vcores(mut self, vcores: usize) -> Self {
        self.vcores = vcores;
        self
    }

    /// Sets the folder for its shuffle files; by default a temporary one that is removed with it.
    #[must_use]
    pub fn work_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.work_dir = Some(folder.into());
        self
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

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command = self.command.arg(arg);
        self
    }

    /// Starts it and waits until it has registered.
    ///
    /// # Errors
    /// If it ends, or is not ready within a minute.
    pub async fn start(self) -> Result<Executor> {
        let (work_dir, own_folder) = match self.work_dir {
            Some(folder) => (folder, None),
            None => {
                let folder = TempDir::with_prefix("segue-executor-")?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let ready_file = ReadyFile::try_new()?;
        let process = self
            .command
            .args(["--bind-host", "127.0.0.1", "--admin-port", "0"])
            .args(["--scheduler-host", &self.scheduler.ip().to_string()])
            .args(["--scheduler-port", &self.scheduler.port().to_string()])
            .args(["--vcores", &self.vcores.to_string()])
            .arg("--work-dir")
            .arg(&work_dir)
            .arg("--ready-file")
            .arg(ready_file.path())
            .spawn()?;
        let content = ready_file.wait(&process, READY_TIMEOUT).await?;
        Ok(Executor {
            flight: ready::address(&content, "flight")?,
            grpc: ready::address(&content, "grpc")?,
            admin: ready::address(&content, "admin")?,
            process,
            work_dir,
            _own_folder: own_folder,
        })
    }
}
