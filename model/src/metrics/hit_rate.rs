//! Hit rate.

use super::{Judgement, Metric};

const PLACES: usize = 10;

/// Hit rate@10: 1 if a hidden track is among the first ten recommendations, else 0.
#[derive(Debug, Clone, Copy)]
pub struct HitRate;

impl Metric for HitRate {
    fn name(&self) -> &'static str {
        "hit_rate_10"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        if judgement.hits_within(PLACES) > 0 { 1.0 } else { 0.0 }
    }
}
