//! The part of the item table that one step touches.

use tch::Tensor;

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
    sorted: Vec<i64>,
}

impl ItemRows {
    pub(super) fn try_new(table: &Tensor, bias: &Tensor, mut wanted: Vec<i64>) -> Result<Self> {
        wanted.sort_unstable();
        wanted.dedup();
        let indices = Tensor::f_from_slice(&wanted)?.f_to_device(table.device())?;
        let copy = |tensor: &Tensor| -> Result<Tensor> {
            Ok(tch::no_grad(|| tensor.f_index_select(0, &indices))?.f_set_requires_grad(true)?)
        };
        let (weights, bias) = (copy(table)?, copy(bias)?);
        Ok(Self { indices, embeddings: weights.shallow_clone(), weights, bias, sorted: wanted })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Translates rows of the table into places among these rows: `[wanted]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn places(&self, wanted: &[i64]) -> Result<Tensor> {
        Ok(Tensor::f_from_slice(&self.find(wanted))?.f_to_device(self.weights.device())?)
    }

    /// The same as numbers.
    pub(crate) fn find(&self, wanted: &[i64]) -> Vec<i64> {
        let place = |row: &i64| {
            let place = self.sorted.binary_search(row).unwrap_or_else(|next| next);
            i64::try_from(place).unwrap_or(i64::MAX)
        };
        wanted.iter().map(place).collect()
    }
}
