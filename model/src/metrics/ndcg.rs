//! Normalised discounted cumulative gain.

use super::{Judgement, LIST_LENGTH, Metric};

/// NDCG@500 with binary relevance: `Σ rel_i / log2(i + 1)`, divided by the same sum over min(|G|, 500) ones
/// (Järvelin & Kekäläinen 2002, in the form of the challenge).
#[derive(Debug, Clone, Copy)]
pub struct Ndcg;

impl Metric for Ndcg {
    fn name(&self) -> &'static str {
        "ndcg_500"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let places = judgement.hits().iter().take(LIST_LENGTH).enumerate();
        let gain: f64 = places.filter(|&(_, &hit)| hit).map(|(place, _)| discount(place)).sum();
        let ideal: f64 = (0..judgement.hidden_count().min(LIST_LENGTH)).map(discount).sum();
        gain / ideal
    }
}

/// What a hit at a place, counted from 0, is worth.
fn discount(place: usize) -> f64 {
    ((place + 2) as f64).log2().recip()
}
