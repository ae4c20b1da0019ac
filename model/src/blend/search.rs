//! Chooses the weight of the blend.

use super::{Blend, BlendChoice, TriedWeight};
use crate::{
    Result,
    config::BlendConfig,
    evaluation::{EvaluationSet, mean_of},
    metrics::Metric,
    network::NetworkRecommender,
    rivals::ItemKnn,
};

/// Tries weights from the network alone to the neighbours alone and takes the one that the metric likes best; of equal
/// ones the smallest.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a score is not a number.
pub fn choose_weight(
    neighbours: &ItemKnn<'_>,
    network: &NetworkRecommender<'_>,
    set: &EvaluationSet<'_>,
    metric: &dyn Metric,
    config: &BlendConfig,
) -> Result<BlendChoice> {
    let mut blend = Blend::try_new(neighbours, network, 0.0)?;
    let mut tried = Vec::new();
    for step in 0..=config.steps {
        let weight = f64::from(step) / f64::from(config.steps);
        blend = blend.with_weight(weight);
        tried.push(TriedWeight { weight, validation: mean_of(metric, &blend, set)? });
    }
    let mut best = TriedWeight { weight: 0.0, validation: f64::NEG_INFINITY };
    for &candidate in &tried {
        if candidate.validation > best.validation {
            best = candidate;
        }
    }
    Ok(BlendChoice { weight: best.weight, validation: best.validation, tried })
}
