//! Layer normalisation.

use tch::{
    Tensor,
    nn::{Init, Path},
};

use crate::Result;

/// Added to the variance.
pub(crate) const LAYER_NORM_EPSILON: f64 = 1e-5;

/// Layer normalisation over the last dimension (Ba, Kiros & Hinton 2016, arXiv 1607.06450).
#[derive(Debug)]
pub struct LayerNorm {
    dimension: i64,
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    /// Makes the identity scale and shift.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, dimension: i64) -> Result<Self> {
        let weight = path.f_var("weight", &[dimension], Init::Const(1.0))?;
        let bias = path.f_var("bias", &[dimension], Init::Const(0.0))?;
        Ok(Self { dimension, weight, bias })
    }

    /// Normalises `[…, dimension]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        Ok(xs.f_layer_norm([self.dimension], Some(&self.weight), Some(&self.bias), LAYER_NORM_EPSILON, true)?)
    }

    /// The same weights for another thread.
    pub(super) fn replica(&self) -> Self {
        let (weight, bias) = (self.weight.shallow_clone(), self.bias.shallow_clone());
        Self { dimension: self.dimension, weight, bias }
    }
}
