//! Chooses the weight of the blend.

use super::{
    BlendChoice, TriedWeight,
    mixture::{mix, z_scores},
};
use crate::{
    Result,
    config::BlendConfig,
    evaluation::EvaluationSet,
    metrics::{LIST_LENGTH, Metric, Ndcg},
    recommender::{Recommender, queries_at_once, select},
};

/// Tries weights from the network alone to the neighbours alone and takes the one with the best NDCG@500; of equal ones
/// the smallest.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a score is not a number.
pub fn choose_weight(
    neighbours: &dyn Recommender,
    network: &dyn Recommender,
    set: &EvaluationSet<'_>,
    config: &BlendConfig,
) -> Result<BlendChoice> {
    let weights: Vec<f64> = (0..=config.steps).map(|step| f64::from(step) / f64::from(config.steps)).collect();
    let mut sums = vec![0.0; weights.len()];
    for range in set.chunks(queries_at_once(network.items())) {
        let queries = &set.queries()[range.clone()];
        let network_scores = z_scores(&network.score(queries)?)?;
        let neighbour_scores = z_scores(&neighbours.score(queries)?.f_to_device(network_scores.device())?)?;
        for (sum, &weight) in sums.iter_mut().zip(&weights) {
            let lists = select(&mix(&neighbour_scores, &network_scores, weight)?, queries, LIST_LENGTH, "blend")?;
            *sum += range
                .clone()
                .zip(&lists)
                .map(|(place, list)| set.judge(place, list, &[&Ndcg as &dyn Metric])[0])
                .sum::<f64>();
        }
    }
    let playlists = set.len().max(1) as f64;
    let tried: Vec<TriedWeight> = weights
        .into_iter()
        .zip(sums)
        .map(|(weight, sum)| TriedWeight { weight, validation: sum / playlists })
        .collect();
    let mut best = TriedWeight { weight: 0.0, validation: f64::NEG_INFINITY };
    for &candidate in &tried {
        if candidate.validation > best.validation {
            best = candidate;
        }
    }
    Ok(BlendChoice { weight: best.weight, validation: best.validation, tried })
}
