//! Recommended-songs clicks.

use super::{Judgement, LIST_LENGTH, Metric};

/// Recommendations that one click shows.
const PAGE: usize = 10;

/// What a list without any hit costs.
const NEVER: f64 = 51.0;

/// Clicks: how often a listener who is shown ten tracks at a time asks for ten others before a hidden track comes,
/// floor((rank of the first hit − 1) / 10), or 51 when none comes in 500. Less is better.
#[derive(Debug, Clone, Copy)]
pub struct Clicks;

impl Metric for Clicks {
    fn name(&self) -> &'static str {
        "clicks"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let first = judgement.hits().iter().take(LIST_LENGTH).position(|&hit| hit);
        first.map_or(NEVER, |place| (place / PAGE) as f64)
    }

    fn higher_is_better(&self) -> bool {
        false
    }
}
