//! The part of the item table that one step touches.

use tch::Tensor;

use super::RowIndex;
use crate::Result;

/// Copies of those rows of the item table that one step touches, with gradients of their own.
///
/// A step reads a few thousand rows of a table that may have a million. Taking gradients on copies keeps the cost of a
/// step, and of the optimiser behind it, in proportion to the rows that are read.
#[derive(Debug)]
pub struct ItemRows {
    /// Which rows these are, ascending and each once: `[rows]`.
    pub indices: Tensor,
    /// Rows of the table: `[rows, dimension]`.
    pub weights: Tensor,
    /// Embeddings, which are the rows, and what attributes add to them: `[rows, dimension]`.
    pub embeddings: Tensor,
    /// Biases: `[rows]`.
    pub bias: Tensor,
}

impl ItemRows {
    pub(super) fn try_new(table: &Tensor, bias: &Tensor, index: &RowIndex) -> Result<Self> {
        let indices = Tensor::f_from_slice(index.rows())?.f_to_device(table.device())?;
        let copy = |tensor: &Tensor| -> Result<Tensor> {
            Ok(tch::no_grad(|| tensor.f_index_select(0, &indices))?.f_set_requires_grad(true)?)
        };
        let (weights, bias) = (copy(table)?, copy(bias)?);
        Ok(Self { indices, embeddings: weights.shallow_clone(), weights, bias })
    }
}
