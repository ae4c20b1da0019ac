//! What reads a sequence.

use std::fmt::Debug;

use tch::Tensor;

use crate::Result;

/// Turns embedded tracks into contexts.
///
/// An encoder must be causal: the context at a position may depend on that position and those before it only. Training
/// predicts at all positions at once and fills on the right, and both are right only because of this.
pub trait SequenceEncoder: Debug + Send {
    /// Maps `[batch, length, dimension]` to contexts of the same shape; `train` turns dropout on.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes or memory do not fit.
    fn encode(&self, xs: &Tensor, train: bool) -> Result<Tensor>;
}
