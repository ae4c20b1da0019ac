//! From embedded tracks to contexts.

use tch::{Tensor, nn::Path};

use super::{Dropout, GruEncoder, LayerNorm, SequenceEncoder, TransformerEncoder};
use crate::{
    Result,
    config::{EncoderKind, NetworkConfig},
};

/// Everything between embedded tracks and contexts: the encoder, and a normalisation behind it.
#[derive(Debug)]
pub struct Reader {
    scale: f64,
    encoder: Box<dyn SequenceEncoder>,
    output_norm: LayerNorm,
}

impl Reader {
    /// Makes fresh weights.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub(super) fn try_new(root: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        let encoder: Box<dyn SequenceEncoder> = match config.encoder {
            EncoderKind::Transformer | EncoderKind::GatedTransformer => {
                Box::new(TransformerEncoder::try_new(&root.sub("encoder"), config)?)
            }
            EncoderKind::Gru => Box::new(GruEncoder::try_new(&root.sub("encoder"), config)?),
        };
        let output_norm = LayerNorm::try_new(&root.sub("output_norm"), i64::from(config.dimension))?;
        // Embeddings start with a norm of 0.02·√d; scaled by √d they weigh as much as what the encoder adds.
        Ok(Self { scale: f64::from(config.dimension).sqrt(), encoder, output_norm })
    }

    /// Turns embedded tokens into contexts; both are `[batch, length, dimension]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn contexts(&self, embedded: &Tensor, dropout: &mut Dropout) -> Result<Tensor> {
        let xs = embedded.f_mul_scalar(self.scale)?;
        self.output_norm.forward(&self.encoder.encode(&xs, dropout)?)
    }

    /// The same weights, not copies of them, for another thread to read with.
    pub fn replica(&self) -> Self {
        Self { scale: self.scale, encoder: self.encoder.replica(), output_norm: self.output_norm.replica() }
    }
}
