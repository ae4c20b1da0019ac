//! Signs of life: by them others know that a run has a process, and the process knows that the run is still its own and
//! that nobody has asked for its end.

use std::time::Duration;

use store::{RunOwner, Store};
use tokio::task::JoinHandle;
use tracing::warn;

use crate::Error;

/// How often a run shows that it is alive, and how long its silence may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Liveness {
    /// Time between two signs of life, 10 s. Longer makes a run that was taken over work on for longer.
    pub beat_every: Duration,
    /// Silence after which a run's process is taken for gone, 45 s, which should be several beats. Shorter takes runs
    /// from processes that are only slow or paused, longer makes everyone wait after a crash.
    pub silent_for: Duration,
    /// Time between two looks at whether somebody has asked for the run's end, 2 s.
    pub look_every: Duration,
}

/// Longest time for a look at whether somebody has asked for the run's end: signs of life wait for it.
const LONGEST_LOOK: Duration = Duration::from_secs(5);

impl Default for Liveness {
    fn default() -> Self {
        Self {
            beat_every: Duration::from_secs(10),
            silent_for: Duration::from_secs(45),
            look_every: Duration::from_secs(2),
        }
    }
}

/// Records a run's signs of life until it is dropped or the run is lost.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    task: JoinHandle<Error>,
}

impl Heartbeat {
    pub(crate) fn start(store: Store, owner: RunOwner, liveness: Liveness) -> Self {
        Self { task: tokio::spawn(beat_until_lost(store, owner, liveness)) }
    }

    /// Waits until the run is no longer this process's to do.
    pub(crate) async fn lost(&mut self) -> Error {
        match (&mut self.task).await {
            Ok(lost) => lost,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // It is cancelled by the drop of this value only.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn beat_until_lost(store: Store, owner: RunOwner, liveness: Liveness) -> Error {
    let mut beat = tokio::time::interval(liveness.beat_every);
    let mut look = tokio::time::interval(liveness.look_every);
    for interval in [&mut beat, &mut look] {
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    }
    loop {
        tokio::select! {
            _ = look.tick() => {
                // If the database is away, so is who would ask.
                let look = tokio::time::timeout(LONGEST_LOOK, store.cancellation(owner.run_id())).await;
                if let Ok(Ok(Some(by))) = look {
                    return Error::Cancelled { by };
                }
                continue;
            }
            _ = beat.tick() => {}
        }
        match store.heartbeat(&owner).await.map_err(Error::recording("this run's sign of life")) {
            Ok(()) => {}
            Err(lost @ Error::TakenOver(_)) => return lost,
            // A database that is away for a while is no reason to throw hours of work away; whether another process took
            // the run over meanwhile, the next beat tells.
            Err(error) => warn!(run_id = %owner.run_id(), error = %error, "run shows no sign of life for now"),
        }
    }
}
