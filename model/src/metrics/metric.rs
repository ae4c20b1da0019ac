//! What a metric is.

use std::fmt::Debug;

use super::{Clicks, HitRate, Judgement, Ndcg, RPrecision, RPrecisionArtists, Recall};

/// Recommendations that are looked at.
pub const LIST_LENGTH: usize = 500;

/// Judges the list of one playlist.
pub trait Metric: Debug + Sync {
    /// Name in reports, with the cut-off where it is not the whole list.
    fn name(&self) -> &'static str;

    /// Value for one playlist, of which at least one track is hidden.
    fn value(&self, judgement: &Judgement<'_>) -> f64;

    /// Whether more is better.
    fn higher_is_better(&self) -> bool {
        true
    }
}

/// All metrics in the order of reports.
pub fn all() -> [&'static dyn Metric; 6] {
    [&RPrecision, &RPrecisionArtists, &Ndcg, &Recall, &HitRate, &Clicks]
}
