//! Chooses what the matrix factorisation is fitted to.

use serde::{Deserialize, Serialize};

use super::{AlsOptions, MatrixFactorisation};
use crate::{
    Result,
    config::ModelConfig,
    data::{Item, Sequences},
    evaluation::{EvaluationSet, mean_of},
    metrics::Metric,
};

/// What did best on the validation playlists, and all that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlsChoice {
    /// What did best.
    pub chosen: TriedAls,
    /// All that was tried, in order.
    pub tried: Vec<TriedAls>,
}

/// One way and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedAls {
    /// Weight of what is there, less one.
    pub confidence: f64,
    /// Weight of the squares of the factors.
    pub regularisation: f64,
    /// NDCG on the validation playlists.
    pub validation: f64,
}

/// Fits factors with each confidence and each regularisation and takes those that the metric likes best on the validation
/// playlists; of equal ones the first. [`None`] if none can be fitted.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short.
pub fn choose_als(
    lists: &Sequences<Item>,
    items: usize,
    set: &EvaluationSet<'_>,
    metric: &dyn Metric,
    config: &ModelConfig,
) -> Result<Option<(AlsChoice, MatrixFactorisation)>> {
    let fit = |confidence, regularisation| {
        let (dimension, iterations) = (config.als.dimension, config.als.iterations);
        let options = AlsOptions { dimension, iterations, confidence, regularisation, seed: config.seed };
        MatrixFactorisation::fit(lists, items, options)
    };
    let mut tried = Vec::new();
    let mut best: Option<(TriedAls, MatrixFactorisation)> = None;
    for &confidence in &config.als.confidences {
        for &regularisation in &config.als.regularisations {
            let fitted = match fit(confidence, regularisation) {
                Ok(fitted) => fitted,
                // Some weights leave equations that cannot be solved in single precision; the others may do.
                Err(error) => {
                    tracing::warn!(confidence, regularisation, error = %error, "a factorisation was left out");
                    continue;
                }
            };
            let result = TriedAls { confidence, regularisation, validation: mean_of(metric, &fitted, set)? };
            tried.push(result);
            if best.as_ref().is_none_or(|(best, _)| result.validation > best.validation) {
                best = Some((result, fitted));
            }
        }
    }
    Ok(best.map(|(chosen, fitted)| (AlsChoice { chosen, tried }, fitted)))
}
