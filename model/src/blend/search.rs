//! Chooses the weights of the blend.

use super::{Blend, BlendChoice, ShareChoice, TriedWeight};
use crate::{
    Result,
    config::BlendConfig,
    evaluation::{EvaluationSet, mean, values_of},
    metrics::Metric,
    network::NetworkRecommender,
    rivals::{ItemKnn, MatrixFactorisation},
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
    let parts = [tried.first(), tried.last()].into_iter().flatten().map(|(_, values)| mean(values));
    let chosen = middle_of_the_top(&tried, parts.fold(0.0, f64::max));
    let tried = means(&tried);
    let TriedWeight { weight, validation } = tried[chosen];
    Ok(BlendChoice { weight, validation, tried, factorisation: None })
}

/// Gives a blend of neighbours and network a share of a factorisation, by the same rule: from none to just below all of it
/// in as many steps.
///
/// # Errors
/// As [`choose_weight`].
pub fn choose_share(
    blend: Blend<'_>,
    als: &MatrixFactorisation,
    set: &EvaluationSet<'_>,
    metric: &dyn Metric,
    config: &BlendConfig,
) -> Result<ShareChoice> {
    let mut tried = vec![(0.0, values_of(metric, &blend, set)?)];
    let parts = mean(&tried[0].1).max(mean(&values_of(metric, als, set)?));
    let mut blend = blend.with_factorisation(als, 0.0)?;
    for step in 1..config.steps {
        let share = f64::from(step) / f64::from(config.steps);
        blend = blend.with_share(share);
        tried.push((share, values_of(metric, &blend, set)?));
    }
    let chosen = middle_of_the_top(&tried, parts);
    let tried = means(&tried);
    let TriedWeight { weight: share, validation } = tried[chosen];
    Ok(ShareChoice { share, validation, tried })
}

fn means(tried: &[(f64, Vec<f64>)]) -> Vec<TriedWeight> {
    tried.iter().map(|(weight, values)| TriedWeight { weight: *weight, validation: mean(values) }).collect()
}

/// Place of the middle one of those that cannot be told from the best and are not below `parts`, the better part alone.
fn middle_of_the_top(tried: &[(f64, Vec<f64>)], parts: f64) -> usize {
    let means: Vec<f64> = tried.iter().map(|(_, values)| mean(values)).collect();
    let best = (0..means.len()).fold(0, |best, place| if means[place] > means[best] { place } else { best });
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
        // Where another part alone is above them all, the best of them is the least loss.
        assert_eq!(middle_of_the_top(&[(0.0, vec![0.1; 3]), (0.5, vec![0.3; 3]), (0.7, vec![0.2; 3])], 0.9), 1);
    }

    #[track_caller]
    fn check(values: &[&[f64]], expected: usize) {
        let tried: Vec<(f64, Vec<f64>)> = values.iter().map(|values| (0.0, values.to_vec())).collect();
        let parts = mean(&tried[0].1).max(mean(&tried[tried.len() - 1].1));
        assert_eq!(middle_of_the_top(&tried, parts), expected);
    }
}
