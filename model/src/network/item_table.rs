//! The embeddings of all tracks.

use tch::{Kind, Tensor, nn::Path};

use super::{ItemRows, RowIndex, linear::INITIAL_DEVIATION};
use crate::Result;

/// Embeddings and biases of all tracks, and behind them the start mark.
///
/// The table is no trainable variable for libtorch: gradients are taken on [`ItemRows`], copies of the rows that a step
/// touches.
#[derive(Debug)]
pub struct ItemTable {
    items: usize,
    weights: Tensor,
    bias: Tensor,
}

impl ItemTable {
    /// Makes a table with embeddings N(0, 0.02) and biases of zero.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, items: usize, dimension: i64) -> Result<Self> {
        let rows = i64::try_from(items + 1).unwrap_or(i64::MAX);
        let options = (Kind::Float, path.device());
        let weights = Tensor::f_empty([rows, dimension], options)?.f_normal_(0.0, INITIAL_DEVIATION)?;
        let bias = Tensor::f_zeros([rows], options)?;
        Ok(Self { items, weights: path.add("weight", weights, false), bias: path.add("bias", bias, false) })
    }

    /// A table of factors `[items, dimension]`, with biases and a start mark of zeros.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub(crate) fn of_factors(factors: &Tensor) -> Result<Self> {
        let (items, _) = factors.size2()?;
        let weights = Tensor::f_cat(&[factors, &factors.f_narrow(0, 0, 1)?.f_zeros_like()?], 0)?;
        let bias = Tensor::f_zeros([items + 1], (Kind::Float, factors.device()))?;
        Ok(Self { items: usize::try_from(items).unwrap_or(0), weights, bias })
    }

    /// The table whose rows are those of both, one behind the other, and whose biases are the sums of theirs: with contexts
    /// one behind the other its logits are the sums of theirs.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short or the tables have not as many tracks.
    pub(crate) fn beside(&self, other: &Self) -> Result<Self> {
        let weights = Tensor::f_cat(&[&self.weights, &other.weights], 1)?;
        Ok(Self { items: self.items, weights, bias: self.bias.f_add(&other.bias)? })
    }

    /// Number of tracks.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Width of an embedding.
    pub fn dimension(&self) -> usize {
        self.weights.size().get(1).map_or(0, |&size| usize::try_from(size).unwrap_or(0))
    }

    /// Row of the start mark.
    pub fn start_mark(&self) -> usize {
        self.items
    }

    /// All embeddings, the start mark last: `[items + 1, dimension]`.
    pub fn weights(&self) -> &Tensor {
        &self.weights
    }

    /// All biases, the start mark last: `[items + 1]`.
    pub fn bias(&self) -> &Tensor {
        &self.bias
    }

    /// Sets the biases to the logarithm of each track's share, so that the network knows popularity before its first
    /// step and spends its time on what depends on context.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if there are not as many counts as tracks.
    pub fn start_from_popularity(&self, counts: &[u32]) -> Result<()> {
        let counts: Vec<f32> = counts.iter().map(|&count| count as f32).collect();
        let counts = Tensor::f_from_slice(&counts)?.f_clamp_min(0.5)?;
        let shares = counts.f_div(&counts.f_sum(Kind::Float)?)?.f_log()?;
        let length = i64::try_from(self.items).unwrap_or(i64::MAX);
        tch::no_grad(|| -> Result<()> {
            self.bias.f_narrow(0, 0, length)?.f_copy_(&shares.f_to_device(self.bias.device())?)?;
            Ok(())
        })
    }

    /// Copies rows out for a step.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if a row does not exist.
    pub fn rows(&self, index: &RowIndex) -> Result<ItemRows> {
        ItemRows::try_new(&self.weights, &self.bias, index)
    }

    /// Embeds rows of the table: `[n]` to `[n, dimension]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if a row does not exist.
    pub fn embed(&self, rows: &Tensor) -> Result<Tensor> {
        Ok(self.weights.f_index_select(0, rows)?)
    }

    /// Scores all tracks for each context: `[n, dimension]` to `[n, items]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn score(&self, contexts: &Tensor) -> Result<Tensor> {
        let items = i64::try_from(self.items).unwrap_or(i64::MAX);
        Ok(contexts.f_linear(&self.weights.f_narrow(0, 0, items)?, Some(self.bias.f_narrow(0, 0, items)?))?)
    }
}
