//! How often a run is tried again on slices that it has failed on.

use std::time::{Duration, Instant};

use udfs::scan::SliceVersions;

/// Pause after the first failure; after each further one it is twice as long.
const PAUSE: Duration = Duration::from_secs(600);
/// Longest pause: what was not the slices' fault ends by itself some time.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// Failures on the slices as they are. When one of them changes, comes or goes, counting begins anew.
#[derive(Debug)]
pub(crate) struct Setbacks {
    slices: SliceVersions,
    pause: Duration,
    again: Option<Instant>,
    /// Whether somebody has cancelled a run on these slices: then only a person or the schedule begins another one.
    is_cancelled: bool,
}

impl Default for Setbacks {
    fn default() -> Self {
        Self { slices: SliceVersions::new(), pause: PAUSE, again: None, is_cancelled: false }
    }
}

impl Setbacks {
    /// A run failed on these slices. Returns the pause before a listing begins another one.
    pub(crate) fn failed(&mut self, slices: &SliceVersions, now: Instant) -> Duration {
        if *slices != self.slices {
            *self = Self { slices: slices.clone(), ..Self::default() };
        }
        let pause = self.pause;
        self.again = Some(now + pause);
        self.is_cancelled = false;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }

    /// A run on these slices was cancelled.
    pub(crate) fn cancelled(&mut self, slices: &SliceVersions) {
        *self = Self { slices: slices.clone(), is_cancelled: true, ..Self::default() };
    }

    /// All is well.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a listing that shows these slices is a reason to run.
    pub(crate) fn allow(&self, slices: &SliceVersions, now: Instant) -> bool {
        *slices != self.slices || (!self.is_cancelled && self.again.is_none_or(|again| again <= now))
    }

    /// Whether a run on these slices was cancelled.
    pub(crate) fn forbid(&self, slices: &SliceVersions) -> bool {
        self.is_cancelled && *slices == self.slices
    }

    /// Whether a failed run is to be tried again by now, even if the lake has the rows of all slices already: it may have
    /// failed at a step after those that read slices.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.again.is_some_and(|again| again <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(version: &str) -> SliceVersions {
        SliceVersions::from([("a".to_owned(), version.to_owned())])
    }

    #[test]
    fn the_same_slices_are_tried_less_and_less() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut setbacks = Setbacks::default();
        assert!(setbacks.allow(&slices("1"), at(0)));
        let mut now = 0;
        for pause in [600, 1200, 2400, 4800, 9600, 19200, 21600, 21600] {
            assert_eq!(setbacks.failed(&slices("1"), at(now)), Duration::from_secs(pause));
            assert!(!setbacks.allow(&slices("1"), at(now + pause - 1)));
            now += pause;
            assert!(setbacks.allow(&slices("1"), at(now)));
        }
        setbacks.failed(&slices("1"), at(now));
        assert!(setbacks.allow(&slices("2"), at(now)), "it was delivered again");
        assert_eq!(setbacks.failed(&slices("2"), at(now)), Duration::from_secs(600));
        setbacks.clear();
        assert!(setbacks.allow(&slices("2"), at(now)));
    }

    #[test]
    fn a_failure_is_due_after_its_pause_and_a_cancelled_run_never() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut setbacks = Setbacks::default();
        assert!(!setbacks.is_due(at(0)), "nothing failed");
        setbacks.failed(&slices("1"), at(0));
        assert_eq!((setbacks.is_due(at(599)), setbacks.is_due(at(600))), (false, true));
        setbacks.cancelled(&slices("1"));
        assert!(!setbacks.is_due(at(100_000)) && !setbacks.allow(&slices("1"), at(100_000)));
        assert_eq!((setbacks.forbid(&slices("1")), setbacks.forbid(&slices("2"))), (true, false));
        assert!(setbacks.allow(&slices("2"), at(0)));
        assert_eq!(setbacks.failed(&slices("1"), at(0)), Duration::from_secs(600));
        assert!(setbacks.allow(&slices("1"), at(600)), "a run that somebody began has failed since");
        setbacks.failed(&slices("1"), at(600));
        setbacks.clear();
        assert!(!setbacks.is_due(at(100_000)));
    }
}
