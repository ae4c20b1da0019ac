//! Adam over the whole network.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use super::Moments;
use crate::{
    Error, Result,
    config::OptimiserConfig,
    network::{ItemRows, NextTrackNetwork},
};

/// Adam over the whole network: densely over the encoder, by rows over the item table.
#[derive(Debug)]
pub struct Adam {
    config: OptimiserConfig,
    steps: u64,
    dense: Vec<(Tensor, Moments)>,
    table: (Tensor, Moments),
    table_bias: (Tensor, Moments),
}

impl Adam {
    /// Starts for a network, whose weights it then moves in place.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn try_new(network: &NextTrackNetwork, config: &OptimiserConfig) -> Result<Self> {
        let with_moments = |weight: Tensor| -> Result<_> {
            let moments = Moments::zeros_like(&weight)?;
            Ok((weight, moments))
        };
        Ok(Self {
            config: config.clone(),
            steps: 0,
            dense: network.dense_weights().into_iter().map(with_moments).collect::<Result<_>>()?,
            table: with_moments(network.items().weights().shallow_clone())?,
            table_bias: with_moments(network.items().bias().shallow_clone())?,
        })
    }

    /// The moments by name.
    pub fn moments(&self) -> BTreeMap<String, Tensor> {
        let parts = self.dense.iter().chain([&self.table, &self.table_bias]).enumerate();
        let named = parts.flat_map(|(number, (_, moments))| {
            [(format!("first.{number}"), &moments.first), (format!("second.{number}"), &moments.second)]
        });
        named.map(|(name, tensor)| (name, tensor.shallow_clone())).collect()
    }

    /// Goes on from moments that [`Self::moments`] gave after so many steps.
    ///
    /// # Errors
    /// [`Error::TensorMismatch`] naming a tensor that is missing or of another shape.
    pub fn restore(&mut self, moments: &BTreeMap<String, Tensor>, steps: u64) -> Result<()> {
        for (name, mut own) in self.moments() {
            let (expected, found) = (own.size(), moments.get(&name).map(Tensor::size));
            match moments.get(&name) {
                Some(tensor) if tensor.size() == expected => tch::no_grad(|| own.f_copy_(tensor))?,
                _ => {
                    let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
                    return Err(Error::TensorMismatch { tensor: name, expected, found });
                }
            }
        }
        self.steps = steps;
        Ok(())
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Moves the weights against the gradient of `loss`, which was computed with `rows`, and returns the gradient's norm
    /// before clipping.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the gradient is not finite, [`Error::Torch`] if shapes do not fit.
    pub fn step(&mut self, loss: &Tensor, rows: &ItemRows, rate: f64) -> Result<f64> {
        self.steps += 1;
        let gradients = self.gradients(loss, rows)?;
        tch::no_grad(|| {
            let norm = self.clip(&gradients)?;
            let (row_gradients, dense_gradients) = gradients.split_at(2);
            for ((weight, moments), gradient) in self.dense.iter_mut().zip(dense_gradients) {
                let _ = weight.f_add_(&moments.update(gradient, rate, self.steps, &self.config)?)?;
            }
            for ((weight, moments), gradient) in [&mut self.table, &mut self.table_bias].into_iter().zip(row_gradients)
            {
                let mut touched = moments.rows(&rows.indices)?;
                let change = touched.update(gradient, rate, self.steps, &self.config)?;
                moments.put_rows(&rows.indices, &touched)?;
                let _ = weight.f_index_add_(0, &rows.indices, &change)?;
            }
            Ok(norm)
        })
    }

    /// Gradients of the rows' weights, of their biases, and of the dense weights, in this order.
    fn gradients(&self, loss: &Tensor, rows: &ItemRows) -> Result<Vec<Tensor>> {
        let mut inputs = vec![&rows.weights, &rows.bias];
        inputs.extend(self.dense.iter().map(|(weight, _)| weight));
        Ok(Tensor::f_run_backward(&[loss], &inputs, false, false)?)
    }

    /// Scales all gradients down together if their norm is above the limit.
    fn clip(&self, gradients: &[Tensor]) -> Result<f64> {
        let norms: Vec<Tensor> = gradients.iter().map(Tensor::f_norm).collect::<Result<_, _>>()?;
        let norm = f64::try_from(Tensor::f_stack(&norms, 0)?.f_to_kind(Kind::Double)?.f_norm()?)?;
        if !norm.is_finite() {
            return Err(Error::Diverged { what: "the gradient", step: self.steps });
        }
        if norm > self.config.clip_norm {
            for gradient in gradients {
                let _ = gradient.shallow_clone().f_mul_scalar_(self.config.clip_norm / norm)?;
            }
        }
        Ok(norm)
    }
}
