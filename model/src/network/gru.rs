//! The recurrent encoder.

use tch::{
    Tensor,
    nn::{Init, Path},
};

use crate::{Result, config::NetworkConfig};

use super::SequenceEncoder;

/// Gated recurrent units (Cho et al. 2014, arXiv 1406.1078; for recommendation: Hidasi et al. 2016, arXiv 1511.06939).
#[derive(Debug)]
pub struct GruEncoder {
    dimension: i64,
    layers: i64,
    dropout: f64,
    weights: Vec<Tensor>,
}

impl GruEncoder {
    /// Makes an encoder with fresh weights, drawn from ±1/√dimension as is usual for recurrent units.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        let dimension = i64::from(config.dimension);
        let layers = i64::from(config.blocks);
        let gates = 3 * dimension;
        let bound = f64::from(config.dimension).sqrt().recip();
        let uniform = Init::Uniform { lo: -bound, up: bound };
        let mut weights = Vec::new();
        for layer in 0..layers {
            let path = path.sub(format!("layer_{layer}"));
            weights.push(path.f_var("input_weight", &[gates, dimension], uniform)?);
            weights.push(path.f_var("hidden_weight", &[gates, dimension], uniform)?);
            weights.push(path.f_var("input_bias", &[gates], Init::Const(0.0))?);
            weights.push(path.f_var("hidden_bias", &[gates], Init::Const(0.0))?);
        }
        Ok(Self { dimension, layers, dropout: config.dropout_share(), weights })
    }
}

impl SequenceEncoder for GruEncoder {
    fn encode(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let (batch, _, _) = xs.size3()?;
        let state = Tensor::f_zeros([self.layers, batch, self.dimension], (xs.kind(), xs.device()))?;
        let xs = xs.f_dropout(self.dropout, train)?;
        // libtorch drops between layers only.
        let between = if self.layers > 1 { self.dropout } else { 0.0 };
        let (contexts, _) = xs.f_gru(&state, &self.weights, true, self.layers, between, train, false, true)?;
        Ok(contexts)
    }
}
