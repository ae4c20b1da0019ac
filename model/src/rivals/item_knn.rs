//! Item k-nearest-neighbours.

use rayon::prelude::*;
use tch::Tensor;

use super::Neighbours;
use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommender},
};

/// Scores a track by the sum of its cosines with the seeds: `Σ_s weight(s) · cosine(s, track)`.
///
/// Seeds that every other playlist holds say little, so they weigh less: `weight(s) = 1 / ((p_s − 1)^β + 1)` for a seed
/// that `p_s` training playlists hold (after Definitive Turtles, RecSys Challenge 2018, where β is 0.35 to 0.43).
#[derive(Debug, Clone)]
pub struct ItemKnn<'a> {
    neighbours: &'a Neighbours,
    weights: Vec<f32>,
}

impl<'a> ItemKnn<'a> {
    /// Weighs the seeds by the number of training playlists that hold each item; `damping` is the β above.
    pub fn new(neighbours: &'a Neighbours, counts: &[u32], damping: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
        let weight = |&count: &u32| match damping {
            damping if damping > 0.0 => ((f64::from(count.max(1)) - 1.0).powf(damping) + 1.0).recip() as f32,
            _ => 1.0,
        };
        Self { neighbours, weights: counts.iter().map(weight).collect() }
    }

    /// The seeds that speak most for a track, strongest first, at most `limit`.
    pub fn because(&self, seeds: &[Item], recommended: Item, limit: usize) -> Vec<Item> {
        let mut reasons: Vec<(f32, Item)> = distinct(seeds)
            .into_iter()
            .filter_map(|seed| {
                let neighbour = self.neighbours.of(seed).iter().find(|neighbour| neighbour.item == recommended)?;
                Some((neighbour.cosine * self.weights[seed.index()], seed))
            })
            .collect();
        reasons.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        reasons.into_iter().take(limit).map(|(_, seed)| seed).collect()
    }

    fn add_up(&self, seeds: &[Item], scores: &mut [f32]) {
        for seed in distinct(seeds) {
            let weight = self.weights[seed.index()];
            for neighbour in self.neighbours.of(seed) {
                scores[neighbour.item.index()] += weight * neighbour.cosine;
            }
        }
    }
}

impl Recommender for ItemKnn<'_> {
    fn name(&self) -> &'static str {
        "item_knn"
    }

    fn items(&self) -> usize {
        self.weights.len()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let items = self.items();
        let mut scores = vec![0.0f32; queries.len() * items];
        scores.par_chunks_mut(items.max(1)).zip(queries).for_each(|(row, query)| self.add_up(&query.seeds, row));
        let shape = [queries.len(), items].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        Ok(Tensor::f_from_slice(&scores)?.f_reshape(shape)?)
    }
}

/// The seeds in a fixed order, each once: a sum of floats depends on its order.
fn distinct(seeds: &[Item]) -> Vec<Item> {
    let mut seeds = seeds.to_vec();
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recommender::rank, rivals::Neighbour};

    /// Items 0, 1 and 2 are each other's neighbours; 3 has none.
    fn neighbours() -> Neighbours {
        let to = |item, cosine| Neighbour { item: Item(item), cosine };
        Neighbours::new(
            [vec![to(1, 0.5), to(2, 0.2)], vec![to(0, 0.5), to(2, 0.4)], vec![to(1, 0.4), to(0, 0.2)], vec![]]
                .into_iter()
                .collect(),
        )
    }

    #[test]
    fn cosines_of_distinct_seeds_add_up() {
        check(0.0, &[0], &[(1, 0.5), (2, 0.2), (3, 0.0)]);
        check(0.0, &[0, 1], &[(2, 0.6), (3, 0.0)]);
        check(0.0, &[0, 1, 1, 0], &[(2, 0.6), (3, 0.0)]);
        // Weights are 1/(15^0.5 + 1), 1/(8^0.5 + 1), 1/(3^0.5 + 1), 1/(0^0.5 + 1).
        let expected = 0.2 / (15f32.sqrt() + 1.0) + 0.4 / (8f32.sqrt() + 1.0);
        check(0.5, &[1, 0], &[(2, expected), (3, 0.0)]);
        // Without any neighbour all scores are zero, and the order is that of popularity.
        check(0.5, &[3], &[(0, 0.0), (1, 0.0), (2, 0.0)]);
    }

    #[track_caller]
    fn check(damping: f64, seeds: &[u32], expected: &[(u32, f32)]) {
        let neighbours = neighbours();
        let knn = ItemKnn::new(&neighbours, &[16, 9, 4, 1], damping);
        let query = Query { seeds: seeds.iter().copied().map(Item).collect(), title: None };
        let list = rank(&knn, &[query], 10).unwrap().remove(0);
        assert_eq!(list.len(), expected.len());
        for (found, &(item, score)) in list.iter().zip(expected) {
            assert_eq!(found.item, Item(item));
            assert!((found.score - score).abs() < 1e-6, "{} for item {item}, expected {score}", found.score);
        }
    }

    #[test]
    fn reasons_are_the_strongest_seeds() {
        let neighbours = neighbours();
        let knn = ItemKnn::new(&neighbours, &[1; 4], 0.0);
        let because = |seeds: &[Item], limit| knn.because(seeds, Item(2), limit);
        assert_eq!(because(&[Item(0), Item(3), Item(1)], 2), [Item(1), Item(0)]);
        assert_eq!(because(&[Item(0), Item(1)], 1), [Item(1)]);
        assert!(because(&[Item(3)], 2).is_empty());
    }
}
