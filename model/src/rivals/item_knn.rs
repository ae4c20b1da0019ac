//! Item k-nearest-neighbours.

use rayon::prelude::*;
use tch::Tensor;

use super::{Neighbours, SeedWeights, seed_weights::SeedScale, sparse_sums::SparseSums};
use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommendation, Recommender, rank_over_prior},
};

/// Scores a track by the sum of its cosines, or of another measure, with the seeds:
/// `Σ_s weight(s) · cosine(s, track)`. How much a seed counts is said by [`SeedWeights`].
#[derive(Debug, Clone)]
pub struct ItemKnn<'a> {
    neighbours: &'a Neighbours,
    seeds: SeedScale,
}

impl<'a> ItemKnn<'a> {
    /// Weighs the seeds by the number of training playlists that hold each item, and by their places.
    pub fn new(neighbours: &'a Neighbours, counts: &[u32], weights: SeedWeights) -> Self {
        Self { neighbours, seeds: SeedScale::new(counts, weights) }
    }

    /// The seeds that speak most for a track, strongest first, at most `limit`.
    pub fn because(&self, seeds: &[Item], recommended: Item, limit: usize) -> Vec<Item> {
        let mut reasons: Vec<(f32, Item)> = self
            .seeds
            .weigh(seeds)
            .into_iter()
            .filter_map(|(seed, weight)| {
                let neighbour = self.neighbours.of(seed).iter().find(|neighbour| neighbour.item == recommended)?;
                Some((neighbour.cosine * weight, seed))
            })
            .collect();
        reasons.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        reasons.into_iter().take(limit).map(|(_, seed)| seed).collect()
    }

    /// For each query the items that are neighbours of a seed, ascending, with their scores; all others score 0.
    pub(crate) fn own_scores(&self, queries: &[Query]) -> Vec<Vec<(Item, f32)>> {
        let room = || SparseSums::new(self.items());
        let own = |sums: &mut SparseSums, query: &Query| {
            self.add_up(&query.seeds, |item, value| sums.add(item, value));
            sums.take()
        };
        queries.par_iter().map_init(room, own).collect()
    }

    fn add_up(&self, seeds: &[Item], mut add: impl FnMut(Item, f32)) {
        for (seed, weight) in self.seeds.weigh(seeds) {
            for neighbour in self.neighbours.of(seed) {
                add(neighbour.item, weight * neighbour.cosine);
            }
        }
    }
}

impl Recommender for ItemKnn<'_> {
    fn name(&self) -> &'static str {
        "item_knn"
    }

    fn items(&self) -> usize {
        self.seeds.items()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let items = self.items();
        let mut scores = vec![0.0f32; queries.len() * items];
        scores.par_chunks_mut(items.max(1)).zip(queries).for_each(|(row, query)| {
            self.add_up(&query.seeds, |item, value| row[item.index()] += value);
        });
        let shape = [queries.len(), items].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        Ok(Tensor::f_from_slice(&scores)?.f_reshape(shape)?)
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let items = u32::try_from(self.items()).unwrap_or(u32::MAX);
        let others = || (0..items).map(|item| (Item(item), 0.0));
        let own = self.own_scores(queries).into_par_iter().zip(queries);
        Ok(own.map(|(own, query)| rank_over_prior(&own, others(), &query.seeds, k)).collect())
    }
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
        let weights = SeedWeights { damping, ..SeedWeights::default() };
        let knn = ItemKnn::new(&neighbours, &[16, 9, 4, 1], weights);
        let query = Query { seeds: seeds.iter().copied().map(Item).collect(), title: None };
        let list = rank(&knn, &[query], 10).unwrap().remove(0);
        assert_eq!(list.len(), expected.len());
        for (found, &(item, score)) in list.iter().zip(expected) {
            assert_eq!(found.item, Item(item));
            assert!((found.score - score).abs() < 1e-6, "{} for item {item}, expected {score}", found.score);
        }
    }

    #[test]
    fn late_seeds_count_more() {
        let neighbours = neighbours();
        let knn = ItemKnn::new(&neighbours, &[1; 4], SeedWeights { damping: 0.0, decay: 0.5 });
        let score = |seeds: &[u32]| {
            let query = Query { seeds: seeds.iter().copied().map(Item).collect(), title: None };
            rank(&knn, &[query], 1).unwrap()[0][0]
        };
        assert_eq!(score(&[0, 1]).item, Item(2));
        assert!((score(&[0, 1]).score - (0.5 * 0.2 + 0.4)).abs() < 1e-6);
        // A seed that comes again stands where it came last.
        assert!((score(&[1, 0, 3, 1]).score - (0.4 + 0.25 * 0.2)).abs() < 1e-6);
    }

    #[test]
    fn reasons_are_the_strongest_seeds() {
        let neighbours = neighbours();
        let knn = ItemKnn::new(&neighbours, &[1; 4], SeedWeights::default());
        let because = |seeds: &[Item], limit| knn.because(seeds, Item(2), limit);
        assert_eq!(because(&[Item(0), Item(3), Item(1)], 2), [Item(1), Item(0)]);
        assert_eq!(because(&[Item(0), Item(1)], 1), [Item(1)]);
        assert!(because(&[Item(3)], 2).is_empty());
    }
}
