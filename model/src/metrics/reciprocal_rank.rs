//! Mean reciprocal rank.

use super::{Judgement, Metric};

const PLACES: usize = 10;

/// MRR@10: one over the rank of the first hit, 0 if there is none among the first ten (Voorhees 1999).
#[derive(Debug, Clone, Copy)]
pub struct ReciprocalRank;

impl Metric for ReciprocalRank {
    fn name(&self) -> &'static str {
        "mrr_10"
    }

    fn list_length(&self) -> usize {
        PLACES
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let first = judgement.hits().iter().take(PLACES).position(|&hit| hit);
        first.map_or(0.0, |place| ((place + 1) as f64).recip())
    }
}
