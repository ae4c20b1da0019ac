//! Generalised binary cross-entropy.

use tch::{Kind, Tensor};

use super::shared_negatives::SharedLogits;
use crate::Result;

/// Mean of the generalised binary cross-entropy of each position (Petrov & Macdonald 2023, arXiv 2308.07192, equation 17):
/// `−(β · log σ(s⁺) + Σ log(1 − σ(s⁻))) / (k + 1)`, where a negative that is a position's own target is left out.
///
/// # Errors
/// [`crate::Error::Torch`] if shapes do not fit.
pub(super) fn gbce(logits: &SharedLogits, beta: f64) -> Result<Tensor> {
    // log(1 − σ(s)) = log σ(−s), which is 0 where s is minus infinity.
    let negatives = logits.negatives.f_neg()?.f_log_sigmoid()?.f_sum_dim_intlist([1].as_slice(), true, Kind::Float)?;
    let targets = logits.targets.f_log_sigmoid()?.f_mul_scalar(beta)?;
    let terms = logits.negatives.size2()?.1 + 1;
    Ok(targets.f_add(&negatives)?.f_mean(Kind::Float)?.f_div_scalar(-terms)?)
}

/// The exponent of the target's probability: `α · (t · (1 − 1/α) + 1/α)` with the share α = k / (items − 1) of all others
/// that is drawn (equation 22). With t = 0 it is 1, the usual cross-entropy; with t = 1 it is α, and probabilities are
/// those of a training on all negatives.
pub(super) fn beta(negatives: usize, items: usize, calibration: f64) -> f64 {
    let alpha = (negatives as f64 / items.saturating_sub(1).max(1) as f64).min(1.0);
    alpha * (calibration * (1.0 - alpha.recip()) + alpha.recip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponent_goes_from_one_to_the_share_that_is_drawn() {
        for (negatives, items, calibration, expected) in
            [(256, 1_025, 0.0, 1.0), (256, 1_025, 1.0, 0.25), (256, 1_025, 0.75, 0.4375), (9, 4, 0.5, 1.0)]
        {
            assert!((beta(negatives, items, calibration) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn equals_the_formula_in_plain_numbers() {
        let (targets, negatives) = ([0.3f32, -1.2], [[0.5f32, -0.7, 2.0], [1.1, f32::NEG_INFINITY, 0.0]]);
        let logits = SharedLogits {
            targets: Tensor::from_slice(&targets).reshape([2, 1]),
            negatives: Tensor::from_slice(&negatives.concat()).reshape([2, 3]),
        };
        let sigmoid = |value: f32| 1.0 / (1.0 + (-f64::from(value)).exp());
        let of_row = |target: f32, negatives: &[f32]| {
            let others: f64 = negatives.iter().map(|&negative| (1.0 - sigmoid(negative)).ln()).sum();
            -(sigmoid(target).powf(0.4).ln() + others) / 4.0
        };
        let expected = (of_row(targets[0], &negatives[0]) + of_row(targets[1], &negatives[1])) / 2.0;
        assert!((f64::try_from(gbce(&logits, 0.4).unwrap()).unwrap() - expected).abs() < 1e-6);
    }
}
