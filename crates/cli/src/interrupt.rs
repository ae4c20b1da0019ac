//! Ctrl-C and SIGTERM.
//!
//! An embedded executor handles SIGINT for itself, so the process would not end by default: the command races its work
//! against the signals.

use std::{fmt, io};

use anyhow::Result;
use futures::FutureExt;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a command.
#[derive(Debug)]
pub(crate) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

/// The work was interrupted; the name and exit code are those of the signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interrupted {
    signal: &'static str,
    pub(crate) exit_code: u8,
}

impl Interrupt {
    /// Starts listening; from now on a signal does not end the process by itself.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Forgets a SIGINT that came while nothing was raced, and returns whether there was one.
    pub(crate) fn forget(&mut self) -> bool {
        self.interrupt.recv().now_or_never().is_some()
    }

    /// Does the work, unless a signal comes first; the work is then dropped.
    pub(crate) async fn race<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => Err(Interrupted { signal: "SIGINT", exit_code: 130 }.into()),
            _ = self.terminate.recv() => Err(Interrupted { signal: "SIGTERM", exit_code: 143 }.into()),
            outcome = work => outcome,
        }
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "interrupted by {}", self.signal)
    }
}

impl std::error::Error for Interrupted {}
