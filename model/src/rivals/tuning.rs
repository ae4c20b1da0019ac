//! Chooses what the neighbours are and how much each seed counts.

use serde::{Deserialize, Serialize};

use super::{ItemKnn, NeighbourMeasure, Neighbours, SeedWeights};
use crate::{
    Result,
    config::KnnConfig,
    evaluation::{EvaluationSet, mean_of},
    metrics::Metric,
};

/// What did best on the validation playlists, and all that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnnChoice {
    /// What makes two items neighbours.
    pub measure: NeighbourMeasure,
    /// How much each seed counts.
    #[serde(flatten)]
    pub weights: SeedWeights,
    /// NDCG on the validation playlists.
    pub validation: f64,
    /// All that was tried, in order.
    pub tried: Vec<TriedKnn>,
}

/// One way and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedKnn {
    /// What makes two items neighbours.
    pub measure: NeighbourMeasure,
    /// How much each seed counts.
    #[serde(flatten)]
    pub weights: SeedWeights,
    /// NDCG on the validation playlists.
    pub validation: f64,
}

/// Tries all measures, dampings and decays on the validation playlists and takes what the metric likes best; of equal
/// ones the first. A rival that was not tuned would be no rival.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short.
pub fn choose_knn(
    neighbours: &[(NeighbourMeasure, Neighbours)],
    counts: &[u32],
    set: &EvaluationSet<'_>,
    metric: &dyn Metric,
    config: &KnnConfig,
) -> Result<KnnChoice> {
    let mut tried = Vec::new();
    for &(measure, ref neighbours) in neighbours {
        for &damping in &config.dampings {
            for &decay in &config.decays {
                let weights = SeedWeights { damping, decay };
                let validation = mean_of(metric, &ItemKnn::new(neighbours, counts, weights), set)?;
                tried.push(TriedKnn { measure, weights, validation });
            }
        }
    }
    let nothing =
        TriedKnn { measure: NeighbourMeasure::Cosine, weights: SeedWeights::default(), validation: f64::NEG_INFINITY };
    let better = |best: TriedKnn, next: &TriedKnn| if next.validation > best.validation { *next } else { best };
    let best = tried.iter().fold(nothing, better);
    Ok(KnnChoice { measure: best.measure, weights: best.weights, validation: best.validation, tried })
}
