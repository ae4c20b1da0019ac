//! Cross-entropy over the whole vocabulary.

use tch::{Reduction, Tensor};

use crate::Result;

/// Index that cross-entropy takes for "no target"; none of ours is negative.
const NO_TARGET: i64 = -100;

/// Mean cross-entropy of `targets` (`[n]`, rows of `weights`) given `contexts` (`[n, dimension]`), over all rows.
///
/// # Errors
/// [`crate::Error::Torch`] if shapes do not fit.
pub fn full_softmax(contexts: &Tensor, weights: &Tensor, bias: &Tensor, targets: &Tensor) -> Result<Tensor> {
    let logits = contexts.f_linear(weights, Some(bias))?; // [n, items]
    Ok(logits.f_cross_entropy_loss::<Tensor>(targets, None, Reduction::Mean, NO_TARGET, 0.0)?)
}
