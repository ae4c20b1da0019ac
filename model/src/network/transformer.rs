//! The transformer encoder.

use tch::{Tensor, nn::Path};

use super::{Dropout, SequenceEncoder, TransformerBlock, linear::INITIAL_WEIGHTS};
use crate::{Result, config::NetworkConfig};

/// A small causal transformer with learnt positions, after `SASRec` (Kang et al. 2018, arXiv 1808.09781).
#[derive(Debug)]
pub struct TransformerEncoder {
    positions: Tensor,
    blocks: Vec<TransformerBlock>,
}

impl TransformerEncoder {
    /// Makes an encoder with fresh weights.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        // One position more than tracks are read, for the start mark.
        let positions = i64::try_from(config.max_length + 1).unwrap_or(i64::MAX);
        let shape = [positions, i64::from(config.dimension)];
        let blocks = (0..config.blocks)
            .map(|number| TransformerBlock::try_new(&path.sub(format!("block_{number}")), config))
            .collect::<Result<_>>()?;
        Ok(Self { positions: path.f_var("positions", &shape, INITIAL_WEIGHTS)?, blocks })
    }
}

impl SequenceEncoder for TransformerEncoder {
    fn encode(&self, xs: &Tensor, dropout: &mut Dropout) -> Result<Tensor> {
        let (_, length, _) = xs.size3()?;
        let positions = self.positions.f_narrow(0, 0, length)?; // [length, dimension]
        let mut xs = dropout.apply(&xs.f_add(&positions)?)?;
        for block in &self.blocks {
            xs = block.forward(&xs, dropout)?;
        }
        Ok(xs)
    }

    fn replica(&self) -> Box<dyn SequenceEncoder> {
        let blocks = self.blocks.iter().map(TransformerBlock::replica).collect();
        Box::new(Self { positions: self.positions.shallow_clone(), blocks })
    }
}
