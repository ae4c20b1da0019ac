//! Chooses the weight of the blend.

use super::{Blend, BlendChoice, TriedWeight};
use crate::{
    Result,
    config::BlendConfig,
    evaluation::{EvaluationSet, mean, values_of},
    metrics::Metric,
    network::NetworkRecommender,
    rivals::ItemKnn,
};

/// Tries weights from the network alone to the neighbours alone and takes the middle of those that cannot be told from
/// the best.
///
/// The curve is flat around its top, and on a thousand playlists chance decides which of many weights is the highest, the
/// more so as the network was stopped where it did best on these very playlists. A weight cannot be told from the best if
/// it lies less than one standard error of their paired difference below it. It must not lie below either part alone, so
/// that the blend is never worse on the validation playlists than its better part.
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
        tried.push((weight, values_of(metric, &blend, set)?));
    }
    let chosen = middle_of_the_top(&tried);
    let tried: Vec<TriedWeight> =
        tried.iter().map(|(weight, values)| TriedWeight { weight: *weight, validation: mean(values) }).collect();
    let TriedWeight { weight, validation } = tried[chosen];
    Ok(BlendChoice { weight, validation, tried })
}

/// Place of the middle one of those that cannot be told from the best; the first and the last are the parts alone.
fn middle_of_the_top(tried: &[(f64, Vec<f64>)]) -> usize {
    let means: Vec<f64> = tried.iter().map(|(_, values)| mean(values)).collect();
    let best = (0..means.len()).fold(0, |best, place| if means[place] > means[best] { place } else { best });
    let parts = means.first().copied().unwrap_or(0.0).max(means.last().copied().unwrap_or(0.0));
    let is_top = |&place: &usize| {
        let missing = means[best] - means[place];
        means[place] >= parts && missing <= standard_error(&tried[best].1, &tried[place].1)
    };
    let top: Vec<usize> = (0..means.len()).filter(is_top).collect();
    top.get(top.len() / 2).copied().unwrap_or(best)
}

/// Standard error of the mean of paired differences.
fn standard_error(left: &[f64], right: &[f64]) -> f64 {
    let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| left - right).collect();
    let middle = mean(&differences);
    let squares: Vec<f64> = differences.iter().map(|difference| (difference - middle).powi(2)).collect();
    (mean(&squares) / squares.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_flat_top_is_taken() {
        // Clearly best at 1.
        check(&[&[0.0, 0.0, 0.0], &[1.0, 1.0, 1.0], &[0.0, 0.0, 0.0]], 1);
        // 1 to 3 differ by chance alone: of three playlists each helps another one.
        let flat = [&[0.0; 3][..], &[0.9, 0.5, 0.4], &[0.4, 0.9, 0.45], &[0.5, 0.4, 0.95], &[0.0; 3]];
        check(&flat, 2);
        // A part alone that is best by however little is not given away.
        check(&[&[1.0, 0.0, 0.5], &[0.0, 1.0, 0.4], &[0.2, 0.2, 0.2]], 0);
        check(&[&[0.5; 3], &[0.5; 3], &[0.5; 3]], 1);
    }

    #[track_caller]
    fn check(values: &[&[f64]], expected: usize) {
        let tried: Vec<(f64, Vec<f64>)> = values.iter().map(|values| (0.0, values.to_vec())).collect();
        assert_eq!(middle_of_the_top(&tried), expected);
    }
}
