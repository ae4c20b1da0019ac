//! Cross-entropy over the target and a sample.

use tch::{Kind, Tensor};

use super::Loss;
use crate::Result;

/// Mean cross-entropy of each position's target against negatives that all positions share.
///
/// `contexts` are `[n, dimension]`, `embeddings` and `bias` the rows that this step has at hand, `targets` (n) and
/// `negatives` (m) places among them, `corrections` (`[m]`) what is subtracted from the negatives' logits. A negative that
/// happens to be a position's own target is left out there.
///
/// A step spends most of its time on the n · m logits of the negatives, and what libtorch derives by itself goes through
/// them some fifteen times. Here they are made once and become their own exponentials in place, e; with s their sums by
/// row, the target's own included, the gradients are those of the softmax, `e / s`, which need not be written down:
/// of the contexts `(e / s) · W`, of the negatives' embeddings `eᵀ · (contexts / s)`.
///
/// # Errors
/// [`crate::Error::Torch`] if shapes do not fit.
pub fn sampled_softmax(
    contexts: &Tensor,
    embeddings: &Tensor,
    bias: &Tensor,
    targets: &[i64],
    negatives: &[i64],
    corrections: &Tensor,
) -> Result<Loss> {
    let device = contexts.device();
    let hits = Tensor::f_from_slice(&own_targets(targets, negatives))?.f_to_device(device)?;
    let targets = Tensor::f_from_slice(targets)?.f_to_device(device)?;
    let negatives = Tensor::f_from_slice(negatives)?.f_to_device(device)?;
    let [value, of_contexts, of_embeddings, of_bias] = tch::no_grad(|| -> Result<[Tensor; 4]> {
        let (n, _) = contexts.size2()?;
        let target_rows = embeddings.f_index_select(0, &targets)?; // [n, dimension]
        let negative_rows = embeddings.f_index_select(0, &negatives)?; // [m, dimension]
        let target_logits = contexts
            .f_mul(&target_rows)?
            .f_sum_dim_intlist([1].as_slice(), true, Kind::Float)?
            .f_add(&bias.f_index_select(0, &targets)?.f_unsqueeze(1)?)?; // [n, 1]
        let negative_bias = bias.f_index_select(0, &negatives)?.f_sub(corrections)?;
        let mut exponentials = contexts.f_linear(&negative_rows, Some(&negative_bias))?; // [n, m]
        let _ = exponentials.f_view(-1)?.f_index_fill_(0, &hits, f64::NEG_INFINITY)?;
        let largest = exponentials.f_amax([1].as_slice(), true)?.f_maximum(&target_logits)?;
        let _ = exponentials.f_sub_(&largest)?.f_exp_()?;
        let of_target = target_logits.f_sub(&largest)?.f_exp_()?;
        let sums = exponentials.f_sum_dim_intlist([1].as_slice(), true, Kind::Float)?.f_add(&of_target)?;
        let value = sums.f_log()?.f_add(&largest)?.f_sub(&target_logits)?.f_mean(Kind::Float)?;
        // One over s and n, and what the target's logit moves: its share less one.
        let scale = sums.f_mul_scalar(n)?.f_reciprocal()?;
        let of_target = of_target.f_mul(&scale)?.f_sub_scalar(1.0 / n as f64)?;
        let of_contexts =
            exponentials.f_matmul(&negative_rows)?.f_mul_(&scale)?.f_addcmul_(&target_rows, &of_target)?;
        let of_negative_rows = exponentials.f_tr()?.f_matmul(&contexts.f_mul(&scale)?)?;
        let of_negative_bias = exponentials.f_tr()?.f_mv(&scale.f_squeeze_dim(1)?)?;
        let of_embeddings = embeddings
            .f_zeros_like()?
            .f_index_add_(0, &targets, &contexts.f_mul(&of_target)?)?
            .f_index_add_(0, &negatives, &of_negative_rows)?;
        let of_bias = bias.f_zeros_like()?.f_index_add_(0, &targets, &of_target.f_squeeze_dim(1)?)?.f_index_add_(
            0,
            &negatives,
            &of_negative_bias,
        )?;
        Ok([value, of_contexts, of_embeddings, of_bias])
    })?;
    let part =
        |tensor: &Tensor, gradient: &Tensor| -> Result<Tensor> { Ok(tensor.f_mul(gradient)?.f_sum(Kind::Float)?) };
    let gradient_source =
        part(contexts, &of_contexts)?.f_add(&part(embeddings, &of_embeddings)?)?.f_add(&part(bias, &of_bias)?)?;
    Ok(Loss { value, gradient_source })
}

/// Where a negative is a row's own target, in the flat order of `[n, m]`.
fn own_targets(targets: &[i64], negatives: &[i64]) -> Vec<i64> {
    let mut columns: Vec<(i64, usize)> = negatives.iter().copied().zip(0..).collect();
    columns.sort_unstable();
    let mut found = Vec::new();
    for (row, &target) in targets.iter().enumerate() {
        let first = columns.partition_point(|&(negative, _)| negative < target);
        for (_, column) in columns[first..].iter().take_while(|&&(negative, _)| negative == target) {
            found.push(i64::try_from(row * negatives.len() + column).unwrap_or(i64::MAX));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use tch::{Device, Tensor};

    use super::*;
    use crate::loss::{full_softmax, shared_negatives::SharedLogits};

    /// Contexts, embeddings and biases that libtorch keeps gradients of, and the gradients of a loss.
    fn gradients(loss: impl Fn(&Tensor, &Tensor, &Tensor) -> (Tensor, Tensor)) -> Vec<Tensor> {
        tch::manual_seed(1);
        let options = (Kind::Float, Device::Cpu);
        let inputs = [Tensor::randn([5, 3], options), Tensor::randn([7, 3], options), Tensor::randn([7], options)]
            .map(|tensor| tensor.set_requires_grad(true));
        let (value, source) = loss(&inputs[0], &inputs[1], &inputs[2]);
        let mut found = Tensor::run_backward(&[source], &inputs, false, false);
        found.push(value.detach());
        found
    }

    const TARGETS: [i64; 5] = [0, 6, 3, 3, 1];

    #[track_caller]
    fn agree(left: &[Tensor], right: &[Tensor]) {
        for (left, right) in left.iter().zip(right) {
            let apart = f64::try_from((left - right).abs().max()).unwrap();
            assert!(apart < 1e-6, "{left:?} and {right:?} lie {apart} apart");
        }
    }

    /// With every other item drawn once and no correction, the sample is the vocabulary.
    #[test]
    fn equals_the_full_softmax_when_all_are_drawn() {
        let none = Tensor::zeros([7], (Kind::Float, Device::Cpu));
        let sampled = gradients(|contexts, weights, bias| {
            let loss = sampled_softmax(contexts, weights, bias, &TARGETS, &[0, 1, 2, 3, 4, 5, 6], &none).unwrap();
            (loss.value, loss.gradient_source)
        });
        let full = gradients(|contexts, weights, bias| {
            let loss = full_softmax(contexts, weights, bias, &Tensor::from_slice(&TARGETS)).unwrap();
            (loss.shallow_clone(), loss)
        });
        agree(&sampled, &full);
    }

    /// What libtorch derives from the formula as it is written.
    #[test]
    fn gradients_are_those_of_the_formula() {
        let negatives = [3i64, 5, 5, 0, 2, 3];
        let corrections = Tensor::from_slice(&[0.5f32, -1.0, -1.0, 2.0, 0.0, 0.5]);
        let own = gradients(|contexts, weights, bias| {
            let loss = sampled_softmax(contexts, weights, bias, &TARGETS, &negatives, &corrections).unwrap();
            (loss.value, loss.gradient_source)
        });
        let derived = gradients(|contexts, weights, bias| {
            let (targets, negatives) = (Tensor::from_slice(&TARGETS), Tensor::from_slice(&negatives));
            let logits =
                SharedLogits::compute(contexts, weights, bias, &targets, &negatives, Some(&corrections)).unwrap();
            let all = Tensor::cat(&[&logits.targets, &logits.negatives], 1);
            let loss = (all.logsumexp([1i64].as_slice(), true) - logits.targets).mean(Kind::Float);
            (loss.shallow_clone(), loss)
        });
        agree(&own, &derived);
    }

    #[test]
    fn own_target_among_the_negatives_changes_nothing() {
        let contexts = Tensor::from_slice(&[1.0f32, 0.0]).reshape([1, 2]);
        let weights = Tensor::from_slice(&[2.0f32, 0.0, 0.0, 1.0]).reshape([2, 2]);
        let bias = Tensor::from_slice(&[0.0f32, 0.0]);
        let loss = |negatives: &[i64]| {
            let corrections = Tensor::zeros([negatives.len() as i64], (Kind::Float, Device::Cpu));
            let loss = sampled_softmax(&contexts, &weights, &bias, &[0], negatives, &corrections).unwrap();
            f64::try_from(loss.value).unwrap()
        };
        // Logits are 2 for the target and 0 for the other: -ln(e² / (e² + 1)).
        let expected = (1.0 + (-2f64).exp()).ln();
        assert!((loss(&[1]) - expected).abs() < 1e-6);
        assert!((loss(&[1, 0, 0]) - expected).abs() < 1e-6);
        // Nothing else is drawn: the target is certain.
        assert!(loss(&[0, 0]).abs() < 1e-6);
    }
}
