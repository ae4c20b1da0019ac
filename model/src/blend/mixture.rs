//! Two recommenders as one.

use tch::{Kind, Tensor};

use crate::{
    Result,
    recommender::{Query, Recommender},
};

/// Deviations below this count as none: a recommender without an opinion then adds nothing.
const SMALLEST_DEVIATION: f64 = 1e-12;

/// Two recommenders as one: `weight · neighbours + (1 − weight) · network` of their z-scores.
#[derive(Debug, Clone, Copy)]
pub struct Blend<'a> {
    neighbours: &'a dyn Recommender,
    network: &'a dyn Recommender,
    weight: f64,
}

impl<'a> Blend<'a> {
    /// Mixes two recommenders over the same items; `weight`, from 0 to 1, is that of the neighbours.
    pub fn new(neighbours: &'a dyn Recommender, network: &'a dyn Recommender, weight: f64) -> Self {
        Self { neighbours, network, weight }
    }
}

impl Recommender for Blend<'_> {
    fn name(&self) -> &'static str {
        "blend"
    }

    fn items(&self) -> usize {
        self.network.items()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let network = z_scores(&self.network.score(queries)?)?;
        let neighbours = z_scores(&self.neighbours.score(queries)?.f_to_device(network.device())?)?;
        mix(&neighbours, &network, self.weight)
    }
}

/// Brings each row of `[queries, items]` to mean 0 and deviation 1.
pub(super) fn z_scores(scores: &Tensor) -> Result<Tensor> {
    let scores = scores.f_to_kind(Kind::Float)?;
    let centred = scores.f_sub(&scores.f_mean_dim([1].as_slice(), true, Kind::Float)?)?;
    let deviation = centred.f_square()?.f_mean_dim([1].as_slice(), true, Kind::Float)?.f_sqrt()?;
    let silent = deviation.f_le(SMALLEST_DEVIATION)?;
    Ok(centred.f_div(&deviation.f_masked_fill(&silent, f64::INFINITY)?)?)
}

/// Adds z-scores up. At either end the other part is left out altogether, so that the ranking there is exactly that of
/// one part.
pub(super) fn mix(neighbours: &Tensor, network: &Tensor, weight: f64) -> Result<Tensor> {
    if weight >= 1.0 {
        return Ok(neighbours.shallow_clone());
    }
    if weight <= 0.0 {
        return Ok(network.shallow_clone());
    }
    Ok(neighbours.f_mul_scalar(weight)?.f_add(&network.f_mul_scalar(1.0 - weight)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_get_mean_zero_and_deviation_one() {
        check(&[1.0, 3.0], &[-1.0, 1.0]);
        check(&[0.0, 0.0, 0.0, 4.0], &[-1.0 / 3f32.sqrt(), -1.0 / 3f32.sqrt(), -1.0 / 3f32.sqrt(), 3f32.sqrt()]);
        // Without an opinion there is nothing to scale.
        check(&[2.0, 2.0, 2.0], &[0.0, 0.0, 0.0]);
        check(&[-1e6, 1e6], &[-1.0, 1.0]);
    }

    #[track_caller]
    fn check(row: &[f32], expected: &[f32]) {
        let scores = Tensor::from_slice(row).unsqueeze(0);
        let found = Vec::<f32>::try_from(z_scores(&scores).unwrap().squeeze_dim(0)).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn ends_are_the_parts_themselves() {
        let (neighbours, network) = (Tensor::from_slice(&[1.0f32, 2.0]), Tensor::from_slice(&[10.0f32, 20.0]));
        let mixed = |weight| Vec::<f32>::try_from(mix(&neighbours, &network, weight).unwrap()).unwrap();
        assert_eq!(mixed(1.0), [1.0, 2.0]);
        assert_eq!(mixed(0.0), [10.0, 20.0]);
        assert_eq!(mixed(0.5), [5.5, 11.0]);
    }
}
