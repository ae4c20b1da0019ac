//! Neighbours, network and factorisation as one recommender.

use rayon::prelude::*;
use tch::{Kind, Tensor};

use super::factors::Factors;
use crate::{
    Result,
    data::Item,
    network::{LogitMoments, NetworkRecommender, Search},
    recommender::{Query, Recommendation, Recommender},
    rivals::{ItemKnn, MatrixFactorisation},
};

/// Deviations below this count as none: a recommender without an opinion then adds nothing.
const SMALLEST_DEVIATION: f32 = 1e-12;

/// Playlists that are ranked together.
const QUERIES_AT_ONCE: usize = 1024;

/// Neighbours and network as one: `weight · neighbours + (1 − weight) · network` of their z-scores over the vocabulary, and
/// with a factorisation `(1 − share)` of that and `share` of its own. Where the neighbours have all of the weight the
/// factorisation is left out too.
///
/// Few tracks are neighbours of any seed. So the order of all others is that of the network, or of network and
/// factorisation, and a list is found by searching for the highest logits, to which those few have something added.
#[derive(Debug)]
pub struct Blend<'a> {
    neighbours: &'a ItemKnn<'a>,
    network: &'a NetworkRecommender<'a>,
    moments: LogitMoments,
    weight: f64,
    factors: Option<Factors<'a>>,
}

impl<'a> Blend<'a> {
    /// Mixes two recommenders over the same items; `weight`, from 0 to 1, is that of the neighbours.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(neighbours: &'a ItemKnn<'a>, network: &'a NetworkRecommender<'a>, weight: f64) -> Result<Self> {
        let moments = tch::no_grad(|| LogitMoments::try_new(network.table()))?;
        Ok(Self { neighbours, network, moments, weight, factors: None })
    }

    /// The same parts with another weight.
    #[must_use]
    pub fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// Adds a factorisation of the same items; `share`, from 0 to below 1, is its weight.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a factor is not a number.
    pub fn with_factorisation(self, als: &'a MatrixFactorisation, share: f64) -> Result<Self> {
        let factors = Factors::try_new(als, self.network, share)?;
        Ok(Self { factors: Some(factors), ..self })
    }

    /// The same parts with another share of the factorisation, if there is one.
    #[must_use]
    pub fn with_share(mut self, share: f64) -> Self {
        if let Some(factors) = &mut self.factors {
            factors.share = share;
        }
        self
    }

    fn share(&self) -> f64 {
        self.factors.as_ref().map_or(0.0, |factors| factors.share)
    }

    /// Without the network nothing may depend on it, not even the order of what scores alike.
    fn rank_by_neighbours(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let mut lists = self.neighbours.rank(queries, k)?;
        for (list, own) in lists.iter_mut().zip(self.neighbours.own_scores(queries)) {
            let (mean, deviation) = moments(&own, self.items());
            let scale = if deviation > SMALLEST_DEVIATION { deviation.recip() } else { 0.0 };
            list.iter_mut().for_each(|line| line.score = (line.score - mean) * scale);
        }
        Ok(lists)
    }

    fn rank_together(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let contexts = self.network.contexts(queries)?;
        let logits = tch::no_grad(|| self.moments.of(&contexts))?;
        let factors = self.factors.as_ref().filter(|factors| factors.share > 0.0);
        let (lists, products) = match factors {
            Some(factors) => {
                let (lists, moments) = factors.read(queries, &contexts)?;
                (Some(lists), moments)
            }
            None => (None, vec![(0.0, 0.0); queries.len()]),
        };
        let (weight, share, items) = (self.weight, self.share(), self.items());
        let weights = [(1.0 - share) * weight, (1.0 - share) * (1.0 - weight), share];
        let neighbours: Vec<Vec<(Item, f32)>> = self.neighbours.own_scores(queries);
        let (searches, scales): (Vec<Search<'_>>, Vec<Scale>) = (queries, neighbours, logits, products)
            .into_par_iter()
            .map(|(query, own, logits, products)| {
                let scale = Scale::of(weights, [moments(&own, items), logits, products]);
                let boosts = own.into_iter().map(|(item, score)| (item, score * scale.boost)).collect();
                (Search { boosts, excluded: &query.seeds }, scale)
            })
            .unzip();
        let mut found = match (factors, lists) {
            (Some(factors), Some(lists)) => {
                let stretches: Vec<f32> = scales.iter().map(|scale| scale.stretch).collect();
                let stretches = Tensor::f_from_slice(&stretches)?.f_to_device(lists.device())?.f_unsqueeze(1)?;
                let contexts = Tensor::f_cat(&[contexts, lists.f_mul(&stretches)?], 1)?;
                factors.index().search(&contexts, &searches, k)?
            }
            _ => self.network.index().search(&contexts, &searches, k)?,
        };
        for (list, scale) in found.iter_mut().zip(scales) {
            for line in list {
                line.score = line.score * scale.factor + scale.offset;
            }
        }
        Ok(found)
    }
}

/// `score = factor · (logit + boost · own + stretch · product) + offset`, product being that of the factors.
#[derive(Debug, Clone, Copy)]
struct Scale {
    boost: f32,
    stretch: f32,
    factor: f32,
    offset: f32,
}

impl Scale {
    /// How a playlist's sums of logit, boost and product become its blended scores; weights, means and deviations are those
    /// of neighbours, network and factorisation. Where the network has no opinion its logits must not order anything, but
    /// then all of them are equal.
    #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
    fn of(weights: [f64; 3], moments: [(f32, f32); 3]) -> Self {
        let part = |place: usize| match moments[place] {
            (mean, deviation) if deviation > SMALLEST_DEVIATION => (weights[place] as f32 / deviation, mean),
            _ => (0.0, 0.0),
        };
        let [(of_neighbours, neighbour_mean), (of_network, network_mean), (of_factors, factor_mean)] =
            [part(0), part(1), part(2)];
        // Without deviation any factor will do, as long as the others decide.
        let factor = if of_network > 0.0 { of_network } else { SMALLEST_DEVIATION.sqrt() };
        Self {
            boost: of_neighbours / factor,
            stretch: of_factors / factor,
            factor,
            offset: -(factor * network_mean) - of_neighbours * neighbour_mean - of_factors * factor_mean,
        }
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
        let mixed = mix(&neighbours, &network, self.weight)?;
        match &self.factors {
            Some(factors) if factors.share > 0.0 && self.weight < 1.0 => {
                let products = z_scores(&factors.als().score(queries)?.f_to_device(mixed.device())?)?;
                mix(&products, &mixed, factors.share)
            }
            _ => Ok(mixed),
        }
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let mut lists = Vec::with_capacity(queries.len());
        for queries in queries.chunks(QUERIES_AT_ONCE) {
            lists.append(&mut match self.weight >= 1.0 {
                true => self.rank_by_neighbours(queries, k)?,
                false => self.rank_together(queries, k)?,
            });
        }
        Ok(lists)
    }
}

/// Mean and standard deviation over all items, of which those that are not named have 0.
#[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
fn moments(own: &[(Item, f32)], items: usize) -> (f32, f32) {
    let items = items.max(1) as f64;
    let mean = own.iter().map(|&(_, score)| f64::from(score)).sum::<f64>() / items;
    let square = own.iter().map(|&(_, score)| f64::from(score).powi(2)).sum::<f64>() / items;
    (mean as f32, (square - mean * mean).max(0.0).sqrt() as f32)
}

/// Brings each row of `[queries, items]` to mean 0 and deviation 1.
fn z_scores(scores: &Tensor) -> Result<Tensor> {
    let scores = scores.f_to_kind(Kind::Float)?;
    let centred = scores.f_sub(&scores.f_mean_dim([1].as_slice(), true, Kind::Float)?)?;
    let deviation = centred.f_square()?.f_mean_dim([1].as_slice(), true, Kind::Float)?.f_sqrt()?;
    let silent = deviation.f_le(f64::from(SMALLEST_DEVIATION))?;
    Ok(centred.f_div(&deviation.f_masked_fill(&silent, f64::INFINITY)?)?)
}

/// `weight · one + (1 − weight) · other`, where a part without weight is left out altogether.
fn mix(one: &Tensor, other: &Tensor, weight: f64) -> Result<Tensor> {
    if weight >= 1.0 {
        return Ok(one.shallow_clone());
    }
    if weight <= 0.0 {
        return Ok(other.shallow_clone());
    }
    Ok(one.f_mul_scalar(weight)?.f_add(&other.f_mul_scalar(1.0 - weight)?)?)
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
