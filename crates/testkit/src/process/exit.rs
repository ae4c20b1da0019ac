//! How and when a process ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

/// The end of one child process, noticed by a thread as soon as it happens.
///
/// The child is not reaped: until its owner does that, the process id belongs to it, and a signal can
/// never reach a stranger.
#[derive(Clone, Debug)]
pub(super) struct Exit {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    status: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

impl Exit {
    /// Begins to watch a child of this process.
    pub(super) fn watch(pid: Pid) -> Result<Self> {
        let exit = Self { shared: Arc::default() };
        let watched = exit.clone();
        thread::Builder::new()
            .name(format!("watch-{pid}"))
            .spawn(move || {
                if let Some(status) = wait_without_reaping(pid) {
                    watched.set(status);
                }
            })
            .context("starting a thread that watches a process")?;
        Ok(exit)
    }

    /// Returns the status if the process has ended.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        *self.shared.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks until the process has ended; nothing if it has not within the time.
    pub(super) fn wait(&self, timeout: Duration) -> Option<ExitStatus> {
        let guard = self.shared.status.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) = self
            .shared
            .changed
            .wait_timeout_while(guard, timeout, |status| status.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        *guard
    }

    fn set(&self, status: ExitStatus) {
        *self.shared.status.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
        self.shared.changed.notify_all();
    }
}

fn wait_without_reaping(pid: Pid) -> Option<ExitStatus> {
    loop {
        match waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            // The wait status of POSIX: the code in the second byte, or the signal in the first.
            Ok(WaitStatus::Exited(_, code)) => return Some(ExitStatus::from_raw(code << 8)),
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                return Some(ExitStatus::from_raw(signal as i32));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
}
