//! A running `segue-scheduler`.

use std::ffi::OsStr;
use std::net::SocketAddr;

use anyhow::{Context, Result};

use super::command::ProcessCommand;
use super::guard::ProcessGuard;
use super::ready::{self, READY_TIMEOUT, ReadyFile};

/// A scheduler that accepts connections.
#[derive(Debug)]
pub struct Scheduler {
    process: ProcessGuard,
    grpc: SocketAddr,
    admin: SocketAddr,
    athena: Option<SocketAddr>,
}

impl Scheduler {
    /// Describes a scheduler on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// If `segue-scheduler` has not been built.
    pub fn builder() -> Result<SchedulerBuilder> {
        ProcessCommand::of_workspace("segue-scheduler").map(SchedulerBuilder::new)
    }

    /// Returns the address that clients and executors connect to.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// Returns the URL that clients connect to, such as `df://127.0.0.1:50050`.
    pub fn url(&self) -> String {
        format!("df://{}", self.grpc)
    }

    /// Returns the address of health checks and metrics.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Returns the address of the endpoint for Athena's clients, if the scheduler was told to have one.
    pub fn athena(&self) -> Option<SocketAddr> {
        self.athena
    }

    /// Asks the admin port, for example for `/metrics`.
    ///
    /// # Errors
    /// If it does not answer, or answers with an error status.
    pub async fn admin_get(&self, path: &str) -> Result<String> {
        ready::admin_get(self.admin, path).await.context("asking the scheduler")
    }

    /// Returns the process, to end or freeze it.
    pub fn process(&self) -> &ProcessGuard {
        &self.process
    }
}

/// How to start a scheduler.
#[derive(Clone, Debug)]
pub struct SchedulerBuilder {
    command: ProcessCommand,
    bind_port: u16,
}

impl SchedulerBuilder {
    /// Describes a scheduler of another program, which must obey the same arguments.
    pub fn new(command: ProcessCommand) -> Self {
        Self { command, bind_port: 0 }
    }

    /// Sets a fixed port, for a scheduler that takes another one's place. 0 is any free port.
    #[must_use]
    pub fn bind_port(mut self, port: u16) -> Self {
        self.bind_port = port;
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

    /// Starts it and waits until it accepts connections.
    ///
    /// # Errors
    /// If it ends, or is not ready within a minute.
    pub async fn start(self) -> Result<Scheduler> {
        let ready_file = ReadyFile::try_new()?;
        let process = self
            .command
            .args(["--bind-host", "127.0.0.1", "--admin-port", "0"])
            .args(["--bind-port", &self.bind_port.to_string()])
            .arg("--ready-file")
            .arg(ready_file.path())
            .spawn()?;
        let content = ready_file.wait(&process, READY_TIMEOUT).await?;
        Ok(Scheduler {
            grpc: ready::address(&content, "grpc")?,
            admin: ready::address(&content, "admin")?,
            athena: ready::address(&content, "athena").ok(),
            process,
        })
    }
}
