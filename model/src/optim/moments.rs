//! The state of Adam for one tensor.

use tch::Tensor;

use crate::{Result, config::OptimiserConfig};

/// Running means of the gradient and of its square.
#[derive(Debug)]
pub struct Moments {
    /// Mean of the gradient.
    pub first: Tensor,
    /// Mean of the squared gradient.
    pub second: Tensor,
}

impl Moments {
    /// Starts at zero, in the shape of a tensor.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn zeros_like(tensor: &Tensor) -> Result<Self> {
        Ok(Self { first: tensor.f_zeros_like()?.f_detach()?, second: tensor.f_zeros_like()?.f_detach()? })
    }

    /// Copies the moments of some rows out.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if a row does not exist.
    pub fn rows(&self, indices: &Tensor) -> Result<Self> {
        Ok(Self { first: self.first.f_index_select(0, indices)?, second: self.second.f_index_select(0, indices)? })
    }

    /// Copies the moments of some rows back in; `indices` must not repeat.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn put_rows(&mut self, indices: &Tensor, rows: &Self) -> Result<()> {
        let _ = self.first.f_index_copy_(0, indices, &rows.first)?;
        let _ = self.second.f_index_copy_(0, indices, &rows.second)?;
        Ok(())
    }

    /// Takes a gradient in and returns what is to be added to the weights (Kingma & Ba 2015, algorithm 1).
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn update(&mut self, gradient: &Tensor, rate: f64, step: u64, config: &OptimiserConfig) -> Result<Tensor> {
        let _ = self.first.f_lerp_(gradient, 1.0 - config.beta1)?;
        let _ = self.second.f_lerp_(&gradient.f_square()?, 1.0 - config.beta2)?;
        let step = i32::try_from(step).unwrap_or(i32::MAX);
        let first_bias = 1.0 - config.beta1.powi(step);
        let second_bias = 1.0 - config.beta2.powi(step);
        let root = self.second.f_div_scalar(second_bias)?.f_sqrt_()?.f_add_scalar_(config.epsilon)?;
        Ok(self.first.f_div(&root)?.f_mul_scalar_(-rate / first_bias)?)
    }
}

#[cfg(test)]
mod tests {
    use tch::{
        Device, Kind,
        nn::{self, OptimizerConfig, VarStore},
    };

    use super::*;

    /// libtorch's own Adam is the reference.
    #[test]
    fn moves_as_the_reference_does() {
        let config = OptimiserConfig { beta1: 0.8, beta2: 0.95, epsilon: 1e-6, ..OptimiserConfig::default() };
        let target = Tensor::from_slice(&[1.0f32, -2.0, 300.0, 0.0]);
        let loss = |weights: &Tensor| (weights - &target).square().sum(Kind::Float);

        let store = VarStore::new(Device::Cpu);
        let reference = store.root().zeros("weights", &[4]);
        let mut adam = nn::adam(config.beta1, config.beta2, 0.0).eps(config.epsilon).build(&store, 0.1).unwrap();
        let mut own = Tensor::zeros([4], (Kind::Float, Device::Cpu));
        let mut moments = Moments::zeros_like(&own).unwrap();
        for step in 1..=20 {
            adam.backward_step(&loss(&reference));
            let gradient = (&own - &target) * 2.0;
            own += moments.update(&gradient, 0.1, step, &config).unwrap();
            let difference = f64::try_from((&own - &reference).abs().max()).unwrap();
            assert!(difference < 1e-5, "step {step} differs by {difference}");
        }
        assert!(f64::try_from(own.get(0)).unwrap() > 0.5);
    }
}
