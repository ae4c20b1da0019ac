//! Waits until a delivery is complete.

use std::time::{Duration, Instant};

/// Tells when news has settled: nothing new for a while, or news for so long that waiting must end.
#[derive(Debug)]
pub struct Settling {
    quiet: Duration,
    longest: Duration,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Settling {
    /// Settles when nothing was heard for `quiet`, or `longest` after the first news.
    pub fn new(quiet: Duration, longest: Duration) -> Self {
        Self { quiet, longest, first: None, last: None }
    }

    /// There is news.
    pub fn heard(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// When it is time to act, if there is news.
    pub fn due(&self) -> Option<Instant> {
        Some((self.last? + self.quiet).min(self.first? + self.longest))
    }

    /// The news is being worked in.
    pub fn clear(&mut self) {
        (self.first, self.last) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_that_goes_on_is_waited_for_but_not_for_ever() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut settling = Settling::new(Duration::from_secs(60), Duration::from_secs(300));
        assert_eq!(settling.due(), None);
        settling.heard(at(0));
        assert_eq!(settling.due(), Some(at(60)));
        settling.heard(at(50));
        assert_eq!(settling.due(), Some(at(110)));
        settling.heard(at(290));
        assert_eq!(settling.due(), Some(at(300)));
        settling.clear();
        assert_eq!(settling.due(), None);
    }
}
