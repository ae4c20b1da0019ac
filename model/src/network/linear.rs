//! An affine map.

use tch::{
    Tensor,
    nn::{Init, Path},
};

use crate::Result;

/// Standard deviation of every weight matrix at the start.
pub(super) const INITIAL_DEVIATION: f64 = 0.02;

/// Weights that start as N(0, 0.02).
pub(super) const INITIAL_WEIGHTS: Init = Init::Randn { mean: 0.0, stdev: INITIAL_DEVIATION };

/// An affine map `xs · Wᵀ + b`.
#[derive(Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// Makes a map from `inputs` to `outputs` values.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(path: &Path<'_>, inputs: i64, outputs: i64) -> Result<Self> {
        let weight = path.f_var("weight", &[outputs, inputs], INITIAL_WEIGHTS)?;
        let bias = path.f_var("bias", &[outputs], Init::Const(0.0))?;
        Ok(Self { weight, bias })
    }

    /// Maps `[…, inputs]` to `[…, outputs]`.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        Ok(xs.f_linear(&self.weight, Some(&self.bias))?)
    }

    /// The same weights for another thread.
    pub(super) fn replica(&self) -> Self {
        Self { weight: self.weight.shallow_clone(), bias: self.bias.shallow_clone() }
    }
}
