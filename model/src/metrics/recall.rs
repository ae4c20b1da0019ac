//! Recall.

use super::{Judgement, LIST_LENGTH, Metric};

/// Recall@500: share of the hidden tracks among the first 500 recommendations.
#[derive(Debug, Clone, Copy)]
pub struct Recall;

impl Metric for Recall {
    fn name(&self) -> &'static str {
        "recall_500"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        judgement.hits_within(LIST_LENGTH) as f64 / judgement.hidden_count() as f64
    }
}
