//! Normalised discounted cumulative gain.

use super::{Judgement, LIST_LENGTH, Metric};

/// NDCG with binary relevance: `Σ rel_i / log2(i + 1)` over the first places, divided by the same sum over
/// min(|G|, places) ones (Järvelin & Kekäläinen 2002, in the form of the challenge).
#[derive(Debug, Clone, Copy)]
pub struct Ndcg {
    name: &'static str,
    places: usize,
}

impl Ndcg {
    /// Over 500 places, as in the challenge.
    pub const AT_500: Self = Self { name: "ndcg_500", places: LIST_LENGTH };
    /// Over ten places, as is usual where one item is hidden.
    pub const AT_10: Self = Self { name: "ndcg_10", places: 10 };
}

impl Metric for Ndcg {
    fn name(&self) -> &'static str {
        self.name
    }

    fn list_length(&self) -> usize {
        self.places
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let places = judgement.hits().iter().take(self.places).enumerate();
        let gain: f64 = places.filter(|&(_, &hit)| hit).map(|(place, _)| discount(place)).sum();
        let ideal: f64 = (0..judgement.hidden_count().min(self.places)).map(discount).sum();
        gain / ideal
    }
}

/// What a hit at a place, counted from 0, is worth.
fn discount(place: usize) -> f64 {
    ((place + 2) as f64).log2().recip()
}
