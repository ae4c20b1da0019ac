//! Adam over the whole network.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use super::{Gradients, Moments};
use crate::{Error, Result, config::OptimiserConfig, network::NextTrackNetwork};

/// Adam over the whole network: densely over the reader and what attributes add, by rows over the item table.
#[derive(Debug)]
pub struct Adam {
    config: OptimiserConfig,
    steps: u64,
    /// All dense weights in one row, of which the network's are views: one update is many times as fast as twenty.
    dense: (Tensor, Moments),
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
            dense: with_moments(joined(&network.dense_weights())?)?,
            table: with_moments(network.items().weights().shallow_clone())?,
            table_bias: with_moments(network.items().bias().shallow_clone())?,
        })
    }

    /// The moments by name.
    pub fn moments(&self) -> BTreeMap<String, Tensor> {
        let parts = [("dense", &self.dense), ("table", &self.table), ("table_bias", &self.table_bias)];
        let named = parts.into_iter().flat_map(|(name, (_, moments))| {
            [(format!("first.{name}"), &moments.first), (format!("second.{name}"), &moments.second)]
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

    /// Moves the weights against the gradients, and returns the norm of all of them together before clipping. `rows` are
    /// those of the item table that have gradients: `[rows]`, each once.
    ///
    /// # Errors
    /// [`Error::Diverged`] if a gradient is not finite, [`Error::Torch`] if shapes do not fit.
    pub fn step(&mut self, gradients: &Gradients, rows: &Tensor, rate: f64) -> Result<f64> {
        self.steps += 1;
        tch::no_grad(|| {
            let flat: Vec<Tensor> = gradients.dense.iter().map(|part| part.f_reshape(-1)).collect::<Result<_, _>>()?;
            let of_dense = Tensor::f_cat(&flat, 0)?;
            let norm = self.clip(&[&of_dense, &gradients.rows, &gradients.bias])?;
            let (weights, moments) = &mut self.dense;
            let _ = weights.f_add_(&moments.update(&of_dense, rate, self.steps, &self.config)?)?;
            for ((weights, moments), gradient) in
                [(&mut self.table, &gradients.rows), (&mut self.table_bias, &gradients.bias)]
            {
                let mut touched = moments.rows(rows)?;
                let change = touched.update(gradient, rate, self.steps, &self.config)?;
                moments.put_rows(rows, &touched)?;
                let _ = weights.f_index_add_(0, rows, &change)?;
            }
            Ok(norm)
        })
    }

    /// Scales all gradients down together if their norm is above the limit.
    fn clip(&self, gradients: &[&Tensor]) -> Result<f64> {
        let norms: Vec<Tensor> = gradients.iter().map(|gradient| gradient.f_norm()).collect::<Result<_, _>>()?;
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

/// Copies weights into one row, `[values]`, and makes them views of it.
fn joined(weights: &[Tensor]) -> Result<Tensor> {
    tch::no_grad(|| {
        let flat: Vec<Tensor> = weights.iter().map(|weight| weight.f_reshape(-1)).collect::<Result<_, _>>()?;
        let joined = Tensor::f_cat(&flat, 0)?;
        let mut first = 0;
        for (weight, flat) in weights.iter().zip(&flat) {
            let length = flat.size1()?;
            weight.shallow_clone().f_set_data(&joined.f_narrow(0, first, length)?.f_view_(weight.size())?)?;
            first += length;
        }
        Ok(joined)
    })
}
