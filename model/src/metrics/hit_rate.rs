//! Hit rate.

use super::{Judgement, Metric};

/// Hit rate: 1 if a hidden track is among the first places, else 0.
#[derive(Debug, Clone, Copy)]
pub struct HitRate {
    name: &'static str,
    places: usize,
}

impl HitRate {
    /// Over five places.
    pub const AT_5: Self = Self { name: "hit_rate_5", places: 5 };
    /// Over ten places.
    pub const AT_10: Self = Self { name: "hit_rate_10", places: 10 };
    /// Over twenty places.
    pub const AT_20: Self = Self { name: "hit_rate_20", places: 20 };
}

impl Metric for HitRate {
    fn name(&self) -> &'static str {
        self.name
    }

    fn list_length(&self) -> usize {
        self.places
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        if judgement.hits_within(self.places) > 0 { 1.0 } else { 0.0 }
    }
}
