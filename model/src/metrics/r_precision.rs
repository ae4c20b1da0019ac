//! R-precision on tracks.

use super::{Judgement, Metric};

/// R-precision: share of the hidden tracks among as many first recommendations as tracks are hidden,
/// |S ∩ G| / |G| with S the first |G| recommendations.
#[derive(Debug, Clone, Copy)]
pub struct RPrecision;

impl Metric for RPrecision {
    fn name(&self) -> &'static str {
        "r_precision"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let hidden = judgement.hidden_count();
        judgement.hits_within(hidden) as f64 / hidden as f64
    }
}
