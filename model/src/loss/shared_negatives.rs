//! Logits of targets and of negatives that all positions share.

use tch::{Kind, Tensor};

use crate::Result;

/// Logits of each position's target, and of negatives that all positions share.
#[derive(Debug)]
pub(super) struct SharedLogits {
    /// `[n, 1]`
    pub(super) targets: Tensor,
    /// `[n, m]`; minus infinity where a negative is the position's own target.
    pub(super) negatives: Tensor,
}

impl SharedLogits {
    /// `contexts` are `[n, dimension]`, `weights` and `bias` the rows that this step has at hand, `targets` (`[n]`) and
    /// `negatives` (`[m]`) places among them, `corrections` (`[m]`) what is subtracted from the negatives' logits.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub(super) fn compute(
        contexts: &Tensor,
        weights: &Tensor,
        bias: &Tensor,
        targets: &Tensor,
        negatives: &Tensor,
        corrections: Option<&Tensor>,
    ) -> Result<Self> {
        let target_weights = weights.f_index_select(0, targets)?; // [n, dimension]
        let target_logits = contexts
            .f_mul(&target_weights)?
            .f_sum_dim_intlist([-1].as_slice(), true, Kind::Float)?
            .f_add(&bias.f_index_select(0, targets)?.f_unsqueeze(1)?)?;
        let mut negative_bias = bias.f_index_select(0, negatives)?;
        if let Some(corrections) = corrections {
            negative_bias = negative_bias.f_sub(corrections)?;
        }
        let logits = contexts.f_linear(&weights.f_index_select(0, negatives)?, Some(&negative_bias))?;
        let accidental = targets.f_unsqueeze(1)?.f_eq_tensor(&negatives.f_unsqueeze(0)?)?; // [n, m]
        Ok(Self { targets: target_logits, negatives: logits.f_masked_fill(&accidental, f64::NEG_INFINITY)? })
    }
}
