//! What every recommender can do.

use std::fmt::Debug;

use tch::Tensor;

use super::{Query, Recommendation, rank_by_scores};
use crate::Result;

/// Something that can score every track of the vocabulary for a playlist.
///
/// The network, its rivals and their blend are all of this kind, and nothing that ranks or measures knows which of them
/// it has before it.
pub trait Recommender: Debug {
    /// Short name, as it stands in metrics and in the predictions' source.
    fn name(&self) -> &'static str;

    /// Number of tracks that it scores.
    fn items(&self) -> usize;

    /// Scores all tracks for each query: `[queries, items]` of floats, higher is better, also for the seeds, which the
    /// caller leaves out.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    fn score(&self, queries: &[Query]) -> Result<Tensor>;

    /// Ranks the best `k` tracks for each query, seeds excluded: the list that [`Self::score`] implies, but for the last
    /// bits of the scores, which may be summed up in another order.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a score is not a number.
    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        rank_by_scores(self, queries, k)
    }
}
