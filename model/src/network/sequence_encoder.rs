//! What reads a sequence.

use std::fmt::Debug;

use tch::Tensor;

use super::Dropout;
use crate::Result;

/// Turns embedded tracks into contexts.
///
/// An encoder must be causal: the context at a position may depend on that position and those before it only. Training
/// predicts at all positions at once and fills on the right, and both are right only because of this.
pub trait SequenceEncoder: Debug + Send {
    /// Maps `[batch, length, dimension]` to contexts of the same shape.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes or memory do not fit.
    fn encode(&self, xs: &Tensor, dropout: &mut Dropout) -> Result<Tensor>;

    /// The same weights, not copies of them, for another thread to read with.
    fn replica(&self) -> Box<dyn SequenceEncoder>;
}
