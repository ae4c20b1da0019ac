//! Trying again: bounded, with doubling pauses, and only for faults that may pass.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tracing::warn;

use crate::Error;
use crate::backend::Fault;
use crate::backend::fault::is_transient;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The attempts at one call.
#[derive(Debug)]
pub(crate) struct Attempts {
    operation: &'static str,
    key: String,
    made: u32,
    allowed: u32,
}

impl Attempts {
    pub(crate) fn new(operation: &'static str, key: &str, allowed: u32) -> Self {
        Self { operation, key: key.to_owned(), made: 0, allowed: allowed.max(1) }
    }

    /// Waits before the next attempt, or says that there will be none.
    ///
    /// # Errors
    ///
    /// The error of the call, when the fault is lasting or no attempt is left.
    pub(crate) async fn wait_or_fail(&mut self, fault: Fault) -> Result<(), Error> {
        self.made += 1;
        let may_pass = match &fault {
            Fault::Database(error) => is_transient(error),
            Fault::TryAgain(_) => true,
            Fault::Refused(_) | Fault::TimedOut(_) => false,
        };
        if !may_pass || self.made >= self.allowed {
            return Err(self.error(fault));
        }
        let (operation, key, attempt) = (self.operation, &self.key, self.made);
        warn!(operation, %key, attempt, error = ?fault, "database call is tried again");
        tokio::time::sleep(with_jitter(pause_after(self.made))).await;
        Ok(())
    }

    fn error(&self, fault: Fault) -> Error {
        let (operation, key) = (self.operation, self.key.clone());
        match fault {
            Fault::Refused(error) | Fault::TryAgain(error) => error,
            Fault::TimedOut(limit) => Error::Timeout { operation, key, limit },
            Fault::Database(source) => Error::Query { operation, key, attempts: self.made, source },
        }
    }
}

/// 50 ms, 100 ms, 200 ms, ... up to 2 s.
fn pause_after(attempts_made: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << attempts_made.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

/// Between half of the pause and all of it, so that those who collided do not collide again.
///
/// The standard library's hasher is seeded at random, which is random enough for that and needs no crate.
fn with_jitter(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 1024;
    pause / 2 + pause.mul_f64(random as f64 / 2048.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        let pauses: Vec<_> = (1..=8).map(|made| pause_after(made).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn jitter_stays_within_half_and_whole() {
        for _ in 0..1000 {
            let pause = with_jitter(Duration::from_millis(100));
            assert!((Duration::from_millis(50)..=Duration::from_millis(100)).contains(&pause), "{pause:?}");
        }
    }

    const SLOW: &str = "cannot count `x`: no result within 3s; check that the database is reachable and not overloaded";

    async fn attempts_made(allowed: u32, fault: impl Fn() -> Fault) -> (u32, String) {
        let mut attempts = Attempts::new("count", "x", allowed);
        loop {
            if let Err(error) = attempts.wait_or_fail(fault()).await {
                return (attempts.made, error.to_string());
            }
        }
    }

    #[tokio::test]
    async fn tries_again_only_what_may_pass_and_not_for_ever() {
        let broken = || Fault::Database(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
        assert_eq!(attempts_made(3, broken).await, (3, "cannot count `x` (3 attempts)".to_owned()));
        assert_eq!(attempts_made(0, broken).await.0, 1);
        let lasting = || Fault::Database(sqlx::Error::RowNotFound);
        assert_eq!(attempts_made(3, lasting).await.0, 1);
        let slow = || Fault::TimedOut(Duration::from_secs(3));
        assert_eq!(attempts_made(3, slow).await, (1, SLOW.to_owned()));
    }
}
