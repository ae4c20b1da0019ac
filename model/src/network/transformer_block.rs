//! One block of the transformer.

use tch::{Tensor, nn::Path};

use super::{Dropout, LayerNorm, Linear};
use crate::{
    Result,
    config::{EncoderKind, NetworkConfig},
};

/// Width of the feed-forward layer in units of the dimension. `SASRec` uses 1, language models 4.
pub(crate) const FEED_FORWARD_FACTOR: i64 = 2;

/// Causal self-attention and a feed-forward layer, each behind a normalisation and beside a residual path
/// (pre-norm: Xiong et al. 2020, arXiv 2002.04745; it needs little warm-up).
///
/// Gated, each adds only what a sigmoid of the block's input lets through, as in LiGR (LinkedIn 2025) and eSASRec (`RecSys`
/// 2025), and the feed-forward layer is SwiGLU (Shazeer 2020, arXiv 2002.05202).
#[derive(Debug)]
pub struct TransformerBlock {
    heads: i64,
    attention_norm: LayerNorm,
    projection: Linear,
    attention_output: Linear,
    feed_forward_norm: LayerNorm,
    expansion: Linear,
    contraction: Linear,
    /// Of attention and of the feed-forward layer; none where the block is not gated.
    gates: Option<[Linear; 2]>,
}

impl TransformerBlock {
    /// Makes a block with fresh weights.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        let dimension = i64::from(config.dimension);
        let inner = FEED_FORWARD_FACTOR * dimension;
        let is_gated = config.encoder == EncoderKind::GatedTransformer;
        let gates = match is_gated {
            true => Some([
                Linear::try_new(&path.sub("attention_gate"), dimension, dimension)?,
                Linear::try_new(&path.sub("feed_forward_gate"), dimension, dimension)?,
            ]),
            false => None,
        };
        let expanded = if is_gated { 2 * inner } else { inner };
        Ok(Self {
            heads: i64::from(config.heads),
            attention_norm: LayerNorm::try_new(&path.sub("attention_norm"), dimension)?,
            projection: Linear::try_new(&path.sub("projection"), dimension, 3 * dimension)?,
            attention_output: Linear::try_new(&path.sub("attention_output"), dimension, dimension)?,
            feed_forward_norm: LayerNorm::try_new(&path.sub("feed_forward_norm"), dimension)?,
            expansion: Linear::try_new(&path.sub("expansion"), dimension, expanded)?,
            contraction: Linear::try_new(&path.sub("contraction"), inner, dimension)?,
            gates,
        })
    }

    /// Maps `[batch, length, dimension]` to the same shape.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn forward(&self, xs: &Tensor, dropout: &mut Dropout) -> Result<Tensor> {
        let attended = dropout.apply(&self.attend(&self.attention_norm.forward(xs)?)?)?;
        let xs = self.add(0, xs, &attended)?;
        let expanded = self.expansion.forward(&self.feed_forward_norm.forward(&xs)?)?;
        let inner = match self.gates {
            Some(_) => {
                let half = expanded.size().last().copied().unwrap_or(0) / 2;
                expanded.f_narrow(-1, 0, half)?.f_silu()?.f_mul(&expanded.f_narrow(-1, half, half)?)?
            }
            None => expanded.f_gelu("none")?,
        };
        let outer = dropout.apply(&self.contraction.forward(&inner)?)?;
        self.add(1, &xs, &outer)
    }

    /// Adds what attention (0) or the feed-forward layer (1) makes of `xs`.
    fn add(&self, which: usize, xs: &Tensor, added: &Tensor) -> Result<Tensor> {
        match &self.gates {
            Some(gates) => Ok(xs.f_addcmul(added, &gates[which].forward(xs)?.f_sigmoid()?)?),
            None => Ok(xs.f_add(added)?),
        }
    }

    /// The same weights for another thread.
    pub(super) fn replica(&self) -> Self {
        Self {
            heads: self.heads,
            attention_norm: self.attention_norm.replica(),
            projection: self.projection.replica(),
            attention_output: self.attention_output.replica(),
            feed_forward_norm: self.feed_forward_norm.replica(),
            expansion: self.expansion.replica(),
            contraction: self.contraction.replica(),
            gates: self.gates.as_ref().map(|gates| gates.each_ref().map(Linear::replica)),
        }
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
