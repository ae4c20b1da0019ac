//! What a metric is.

use std::fmt::Debug;

use super::{Clicks, HitRate, Judgement, Ndcg, RPrecision, RPrecisionArtists, Recall, ReciprocalRank};

/// Recommendations that are looked at.
pub const LIST_LENGTH: usize = 500;

/// Judges the list of one playlist.
pub trait Metric: Debug + Sync {
    /// Name in reports, with the cut-off where it is not the whole list.
    fn name(&self) -> &'static str;

    /// Value for one playlist, of which at least one track is hidden.
    fn value(&self, judgement: &Judgement<'_>) -> f64;

    /// Recommendations that it needs to see.
    fn list_length(&self) -> usize {
        LIST_LENGTH
    }

    /// Whether more is better.
    fn higher_is_better(&self) -> bool {
        true
    }
}

/// Metrics of playlist continuation, where many tracks are hidden, in the order of reports.
pub fn continuation() -> [&'static dyn Metric; 6] {
    [&RPrecision, &RPrecisionArtists, &Ndcg::AT_500, &Recall, &HitRate::AT_10, &Clicks]
}

/// Metrics of leave-one-out, where a single item is hidden, in the order of reports.
pub fn leave_one_out() -> [&'static dyn Metric; 5] {
    [&HitRate::AT_5, &HitRate::AT_10, &HitRate::AT_20, &Ndcg::AT_10, &ReciprocalRank]
}
