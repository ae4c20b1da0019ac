//! One running process.

use std::process::{Child, ExitStatus};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::exit::Exit;
use super::leftovers::Mark;
use super::logs::Logs;

/// A dropped process gets this long to end in good order before it is killed.
const DROP_TIMEOUT: Duration = Duration::from_secs(5);

/// Even a killed process needs a moment: the kernel has to release its memory.
const KILL_TIMEOUT: Duration = Duration::from_secs(20);

/// A process that ends with this value, and with it all that it has started.
///
/// When a test panics, the last lines of the process's output are printed.
#[derive(Debug)]
pub struct ProcessGuard {
    name: String,
    pid: Pid,
    child: Child,
    exit: Exit,
    logs: Logs,
    mark: Mark,
}

impl ProcessGuard {
    pub(super) fn try_new(name: String, child: Child, logs: Logs, mark: Mark) -> Result<Self> {
        let pid = Pid::from_raw(i32::try_from(child.id()).context("a process id is an i32")?);
        let exit = Exit::watch(pid)?;
        Ok(Self { name, pid, child, exit, logs, mark })
    }

    /// Returns the program's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the process id. It stays this process's own until the value is dropped.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns whether the process has not ended yet.
    pub fn is_running(&self) -> bool {
        self.exit.status().is_none()
    }

    /// Returns what the process has written to stdout so far.
    pub fn stdout(&self) -> String {
        self.logs.stdout()
    }

    /// Returns what the process has written to stderr so far.
    pub fn stderr(&self) -> String {
        self.logs.stderr()
    }

    /// Returns the last lines of both streams, for an error message.
    pub fn log_tail(&self) -> String {
        self.logs.tail()
    }

    /// Waits until the process ends by itself.
    ///
    /// # Errors
    /// If it still runs after `timeout`; the message has the last lines of its output.
    pub async fn wait(&self, timeout: Duration) -> Result<ExitStatus> {
        let exit = self.exit.clone();
        tokio::task::spawn_blocking(move || exit.wait(timeout))
            .await?
            .ok_or_else(|| anyhow!("{} still runs after {timeout:?}\n{}", self.name, self.log_tail()))
    }

    /// Kills the process, as a crash or a lost machine does, and waits until it is gone.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn sigkill(&self) -> Result<ExitStatus> {
        self.signal(Signal::SIGKILL)?;
        self.wait(KILL_TIMEOUT).await
    }

    /// Asks the process to end, as Kubernetes does, and waits until it has.
    ///
    /// # Errors
    /// If it still runs after `timeout`.
    pub async fn sigterm_and_wait(&self, timeout: Duration) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        self.wait(timeout).await
    }

    /// Stops the process without ending it: its connections stay open and nobody answers them.
    ///
    /// # Errors
    /// If the signal cannot be sent.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets a frozen process go on.
    ///
    /// # Errors
    /// If the signal cannot be sent.
    pub fn thaw(&self) -> Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// A process that has ended takes any signal and does nothing: it is not reaped before the drop.
    fn signal(&self, signal: Signal) -> Result<()> {
        kill(self.pid, signal).with_context(|| format!("sending {signal} to {}", self.name))
    }

    fn end(&mut self) {
        // A frozen process acts on no other signal before this one.
        let _ = self.signal(Signal::SIGTERM).and_then(|()| self.thaw());
        if self.exit.wait(DROP_TIMEOUT).is_none() {
            let _ = self.signal(Signal::SIGKILL);
        }
        if self.exit.wait(KILL_TIMEOUT).is_some() {
            let _ = self.child.wait();
        }
        self.mark.kill_bearers();
    }
}

impl Drop for ProcessGuard {
    fn drop(&mut self) {
        self.end();
        if thread::panicking() {
            report(&self.name, &self.log_tail());
        }
    }
}

#[expect(clippy::print_stderr, reason = "the test harness shows it with the failed test")]
fn report(name: &str, tail: &str) {
    eprintln!("{name} ran while the test failed\n{tail}");
}
