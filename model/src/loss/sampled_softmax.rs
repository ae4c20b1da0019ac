//! Cross-entropy over the target and a sample.

use tch::{Kind, Tensor};

use crate::Result;

/// Mean cross-entropy of each position's target against negatives that all positions share.
///
/// `contexts` are `[n, dimension]`, `weights` and `bias` the rows that this step has at hand, `targets` (`[n]`) and
/// `negatives` (`[m]`) places among them, `corrections` (`[m]`) what is subtracted from the negatives' logits. A negative
/// that happens to be a position's own target is left out there.
///
/// # Errors
/// [`crate::Error::Torch`] if shapes do not fit.
pub fn sampled_softmax(
    contexts: &Tensor,
    weights: &Tensor,
    bias: &Tensor,
    targets: &Tensor,
    negatives: &Tensor,
    corrections: &Tensor,
) -> Result<Tensor> {
    let target_weights = weights.f_index_select(0, targets)?; // [n, dimension]
    let target_logits = contexts
        .f_mul(&target_weights)?
        .f_sum_dim_intlist([-1].as_slice(), true, Kind::Float)?
        .f_add(&bias.f_index_select(0, targets)?.f_unsqueeze(1)?)?; // [n, 1]
    let negative_bias = bias.f_index_select(0, negatives)?.f_sub(corrections)?;
    let negative_logits = contexts.f_linear(&weights.f_index_select(0, negatives)?, Some(&negative_bias))?; // [n, m]
    let accidental = targets.f_unsqueeze(1)?.f_eq_tensor(&negatives.f_unsqueeze(0)?)?; // [n, m]
    let negative_logits = negative_logits.f_masked_fill(&accidental, f64::NEG_INFINITY)?;
    let normaliser = Tensor::f_cat(&[&target_logits, &negative_logits], 1)?.f_logsumexp([1].as_slice(), true)?;
    Ok(normaliser.f_sub(&target_logits)?.f_mean(Kind::Float)?)
}

#[cfg(test)]
mod tests {
    use tch::{Device, Tensor};

    use super::*;
    use crate::loss::full_softmax;

    /// With every other item drawn once and no correction, the sample is the vocabulary.
    #[test]
    fn equals_the_full_softmax_when_all_are_drawn() {
        tch::manual_seed(1);
        let options = (Kind::Float, Device::Cpu);
        let (contexts, weights, bias) =
            (Tensor::randn([5, 3], options), Tensor::randn([7, 3], options), Tensor::randn([7], options));
        let targets = Tensor::from_slice(&[0i64, 6, 3, 3, 1]);
        let all = Tensor::from_slice(&[0i64, 1, 2, 3, 4, 5, 6]);
        let none = Tensor::zeros([7], options);
        let sampled = sampled_softmax(&contexts, &weights, &bias, &targets, &all, &none).unwrap();
        let full = full_softmax(&contexts, &weights, &bias, &targets).unwrap();
        assert!((f64::try_from(sampled).unwrap() - f64::try_from(full).unwrap()).abs() < 1e-6);
    }

    #[test]
    fn own_target_among_the_negatives_changes_nothing() {
        let contexts = Tensor::from_slice(&[1.0f32, 0.0]).reshape([1, 2]);
        let weights = Tensor::from_slice(&[2.0f32, 0.0, 0.0, 1.0]).reshape([2, 2]);
        let bias = Tensor::from_slice(&[0.0f32, 0.0]);
        let loss = |negatives: &[i64]| {
            let corrections = Tensor::zeros([negatives.len() as i64], (Kind::Float, Device::Cpu));
            let (targets, negatives) = (Tensor::from_slice(&[0i64]), Tensor::from_slice(negatives));
            f64::try_from(sampled_softmax(&contexts, &weights, &bias, &targets, &negatives, &corrections).unwrap())
                .unwrap()
        };
        // Logits are 2 for the target and 0 for the other: -ln(e² / (e² + 1)).
        let expected = (1.0 + (-2f64).exp()).ln();
        assert!((loss(&[1]) - expected).abs() < 1e-6);
        assert!((loss(&[1, 0, 0]) - expected).abs() < 1e-6);
    }
}
