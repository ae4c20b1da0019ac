//! What every recommender can do.

use std::fmt::Debug;

use tch::Tensor;

use super::Query;
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
}
