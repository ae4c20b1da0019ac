//! Mean and deviation of all logits, without the logits.

use tch::{Kind, Tensor};

use super::{ItemTable, item_index::host};
use crate::Result;

/// Rows that are taken together in single precision before sums are carried on in double precision.
const BLOCK: i64 = 4096;

/// Mean and covariance of embeddings and biases over the vocabulary. With them the mean and the deviation of a context's
/// logits over all tracks cost what one logit costs: a logit is `[c, 1] · [e, b]`, so its mean is `[c, 1] · μ` and its
/// variance `[c, 1]ᵀ Σ [c, 1]`.
#[derive(Debug)]
pub(crate) struct LogitMoments {
    /// `[dimension + 1]`.
    mean: Tensor,
    /// `[dimension + 1, dimension + 1]`.
    covariance: Tensor,
}

impl LogitMoments {
    /// Reads the table as it is now.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub(crate) fn try_new(table: &ItemTable) -> Result<Self> {
        let items = i64::try_from(table.items()).unwrap_or(i64::MAX);
        let bias = table.bias().f_narrow(0, 0, items)?.f_unsqueeze(1)?;
        let rows = Tensor::f_cat(&[table.weights().f_narrow(0, 0, items)?, bias], 1)?; // [items, dimension + 1]
        let mean = rows.f_mean_dim([0].as_slice(), true, Kind::Double)?;
        let mut covariance = mean.f_zeros_like()?.f_transpose(0, 1)?.f_matmul(&mean.f_zeros_like()?)?;
        let centre = mean.f_to_kind(Kind::Float)?;
        for block in rows.f_split(BLOCK, 0)? {
            let block = block.f_sub(&centre)?;
            let _ = covariance.f_add_(&block.f_transpose(0, 1)?.f_matmul(&block)?.f_to_kind(Kind::Double)?)?;
        }
        let covariance = covariance.f_div_scalar(items.max(1))?;
        Ok(Self { mean: mean.f_squeeze_dim(0)?, covariance })
    }

    /// Mean and standard deviation over the vocabulary for each context: `[n, dimension]` to n pairs.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub(crate) fn of(&self, contexts: &Tensor) -> Result<Vec<(f32, f32)>> {
        let contexts = contexts.f_to_kind(Kind::Double)?;
        let one = contexts.f_narrow(1, 0, 1)?.f_ones_like()?;
        let contexts = Tensor::f_cat(&[contexts, one], 1)?; // [n, dimension + 1]
        let means = host(&contexts.f_matmul(&self.mean)?)?;
        let variances = contexts.f_matmul(&self.covariance)?.f_mul(&contexts)?;
        let variances = variances.f_sum_dim_intlist([1].as_slice(), false, Kind::Double)?;
        let deviations = host(&variances.f_clamp_min(0.0)?.f_sqrt()?)?;
        Ok(means.into_iter().zip(deviations).collect())
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, nn::VarStore};

    use super::*;

    #[test]
    fn moments_are_those_of_all_logits() {
        tch::manual_seed(4);
        let store = VarStore::new(Device::Cpu);
        let table = ItemTable::try_new(&store.root(), 5_000, 6).unwrap();
        let counts: Vec<u32> = (1..=5_000).rev().collect();
        table.start_from_popularity(&counts).unwrap();
        let contexts = Tensor::randn([9, 6], (Kind::Float, Device::Cpu)) * 30.0;
        let logits = table.score(&contexts).unwrap().to_kind(Kind::Double);
        let means = host(&logits.mean_dim([1].as_slice(), false, Kind::Double)).unwrap();
        let deviations = host(&logits.std_dim([1].as_slice(), false, false)).unwrap();
        let found = LogitMoments::try_new(&table).unwrap().of(&contexts).unwrap();
        assert_eq!(found.len(), 9);
        for ((mean, deviation), (found_mean, found_deviation)) in means.iter().zip(&deviations).zip(&found) {
            assert!((mean - found_mean).abs() < 1e-3 * mean.abs(), "mean {found_mean}, expected {mean}");
            let difference = (deviation - found_deviation).abs();
            assert!(difference < 1e-3 * deviation, "deviation {found_deviation}, expected {deviation}");
        }
    }
}
