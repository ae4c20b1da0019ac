//! One block of the transformer.

use tch::{Tensor, nn::Path};

use super::{LayerNorm, Linear};
use crate::{Result, config::NetworkConfig};

/// Width of the feed-forward layer in units of the dimension. `SASRec` uses 1, language models 4.
pub(crate) const FEED_FORWARD_FACTOR: i64 = 2;

/// Causal self-attention and a feed-forward layer, each behind a normalisation and beside a residual path
/// (pre-norm: Xiong et al. 2020, arXiv 2002.04745; it needs little warm-up).
#[derive(Debug)]
pub struct TransformerBlock {
    heads: i64,
    dropout: f64,
    attention_norm: LayerNorm,
    projection: Linear,
    attention_output: Linear,
    feed_forward_norm: LayerNorm,
    expansion: Linear,
    contraction: Linear,
}

impl TransformerBlock {
    /// Makes a block with fresh weights.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        let dimension = i64::from(config.dimension);
        let inner = FEED_FORWARD_FACTOR * dimension;
        Ok(Self {
            heads: i64::from(config.heads),
            dropout: config.dropout_share(),
            attention_norm: LayerNorm::try_new(&path.sub("attention_norm"), dimension)?,
            projection: Linear::try_new(&path.sub("projection"), dimension, 3 * dimension)?,
            attention_output: Linear::try_new(&path.sub("attention_output"), dimension, dimension)?,
            feed_forward_norm: LayerNorm::try_new(&path.sub("feed_forward_norm"), dimension)?,
            expansion: Linear::try_new(&path.sub("expansion"), dimension, inner)?,
            contraction: Linear::try_new(&path.sub("contraction"), inner, dimension)?,
        })
    }

    /// Maps `[batch, length, dimension]` to the same shape.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn forward(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let attended = self.attend(&self.attention_norm.forward(xs)?)?;
        let xs = xs.f_add(&attended.f_dropout(self.dropout, train)?)?;
        let inner = self.expansion.forward(&self.feed_forward_norm.forward(&xs)?)?.f_gelu("none")?;
        let outer = self.contraction.forward(&inner)?;
        Ok(xs.f_add(&outer.f_dropout(self.dropout, train)?)?)
    }

    fn attend(&self, xs: &Tensor) -> Result<Tensor> {
        let (batch, length, dimension) = xs.size3()?;
        let head_dimension = dimension / self.heads;
        let qkv = self
            .projection
            .forward(xs)?
            .f_reshape([batch, length, 3, self.heads, head_dimension])?
            .f_permute([2, 0, 3, 1, 4])?; // [3, batch, heads, length, head_dimension]
        let (q, k, v) = (qkv.f_select(0, 0)?, qkv.f_select(0, 1)?, qkv.f_select(0, 2)?);
        // No dropout on the attention weights: libtorch's fused kernel for the processor has none.
        let mixed = Tensor::f_scaled_dot_product_attention::<Tensor>(&q, &k, &v, None, 0.0, true, None, false)?;
        let joined = mixed.f_transpose(1, 2)?.f_reshape([batch, length, dimension])?;
        self.attention_output.forward(&joined)
    }
}
