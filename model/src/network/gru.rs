//! The recurrent encoder.

use tch::{
    Tensor,
    nn::{Init, Path},
};

use crate::{Result, config::NetworkConfig};

use super::{Dropout, SequenceEncoder};

/// Gated recurrent units (Cho et al. 2014, arXiv 1406.1078; for recommendation: Hidasi et al. 2016, arXiv 1511.06939).
#[derive(Debug)]
pub struct GruEncoder {
    dimension: i64,
    /// Of each layer the weights of input and state, and their biases.
    layers: Vec<[Tensor; 4]>,
}

impl GruEncoder {
    /// Makes an encoder with fresh weights, drawn from ±1/√dimension as is usual for recurrent units.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, config: &NetworkConfig) -> Result<Self> {
        let dimension = i64::from(config.dimension);
        let gates = 3 * dimension;
        let bound = f64::from(config.dimension).sqrt().recip();
        let uniform = Init::Uniform { lo: -bound, up: bound };
        let layer = |number: u32| -> Result<[Tensor; 4]> {
            let path = path.sub(format!("layer_{number}"));
            Ok([
                path.f_var("input_weight", &[gates, dimension], uniform)?,
                path.f_var("hidden_weight", &[gates, dimension], uniform)?,
                path.f_var("input_bias", &[gates], Init::Const(0.0))?,
                path.f_var("hidden_bias", &[gates], Init::Const(0.0))?,
            ])
        };
        Ok(Self { dimension, layers: (0..config.blocks).map(layer).collect::<Result<_>>()? })
    }
}

impl SequenceEncoder for GruEncoder {
    fn encode(&self, xs: &Tensor, dropout: &mut Dropout) -> Result<Tensor> {
        let (batch, _, _) = xs.size3()?;
        let state = Tensor::f_zeros([1, batch, self.dimension], (xs.kind(), xs.device()))?;
        let mut xs = xs.shallow_clone();
        for layer in &self.layers {
            // libtorch drops nothing here: what it would drop between layers is dropped before each of them.
            let (contexts, _) = dropout.apply(&xs)?.f_gru(&state, layer, true, 1, 0.0, true, false, true)?;
            xs = contexts;
        }
        Ok(xs)
    }

    fn replica(&self) -> Box<dyn SequenceEncoder> {
        let layers = self.layers.iter().map(|layer| layer.each_ref().map(Tensor::shallow_clone)).collect();
        Box::new(Self { dimension: self.dimension, layers })
    }
}
