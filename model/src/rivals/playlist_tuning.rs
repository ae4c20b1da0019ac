//! Chooses how many playlists speak, and how much each seed counts among them.

use serde::{Deserialize, Serialize};

use super::{PlaylistIndex, PlaylistKnn, SeedWeights};
use crate::{
    Result,
    config::PlaylistKnnConfig,
    evaluation::{EvaluationSet, mean_of},
    metrics::Metric,
};

/// What did best on the validation playlists, and all that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaylistKnnChoice {
    /// What did best.
    pub chosen: TriedPlaylistKnn,
    /// All that was tried, in order.
    pub tried: Vec<TriedPlaylistKnn>,
}

/// One way and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedPlaylistKnn {
    /// Playlists that speak for their tracks.
    pub neighbours: usize,
    /// How much each seed counts.
    #[serde(flatten)]
    pub weights: SeedWeights,
    /// NDCG on the validation playlists.
    pub validation: f64,
}

/// Tries all numbers of neighbours, dampings and decays on the validation playlists and takes what the metric likes best;
/// of equal ones the first. [`None`] if there is nothing to try.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short.
pub fn choose_playlist_knn(
    index: &PlaylistIndex,
    counts: &[u32],
    set: &EvaluationSet<'_>,
    metric: &dyn Metric,
    config: &PlaylistKnnConfig,
) -> Result<Option<PlaylistKnnChoice>> {
    let mut tried = Vec::new();
    for &neighbours in &config.neighbours {
        for &damping in &config.dampings {
            for &decay in &config.decays {
                let weights = SeedWeights { damping, decay };
                let validation = mean_of(metric, &PlaylistKnn::new(index, counts, weights, neighbours), set)?;
                tried.push(TriedPlaylistKnn { neighbours, weights, validation });
            }
        }
    }
    let better = |best: TriedPlaylistKnn, next: TriedPlaylistKnn| {
        if next.validation > best.validation { next } else { best }
    };
    Ok(tried.iter().copied().reduce(better).map(|chosen| PlaylistKnnChoice { chosen, tried }))
}
