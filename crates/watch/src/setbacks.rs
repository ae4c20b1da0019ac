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
}

impl Default for Setbacks {
    fn default() -> Self {
        Self { slices: SliceVersions::new(), pause: PAUSE, again: None }
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
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }

    /// All is well.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a listing that shows these slices is a reason to run.
    pub(crate) fn allow(&self, slices: &SliceVersions, now: Instant) -> bool {
        *slices != self.slices || self.again.is_none_or(|again| again <= now)
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
}
