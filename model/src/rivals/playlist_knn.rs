//! Playlist k-nearest-neighbours.

use rayon::prelude::*;
use tch::Tensor;

use super::{PlaylistIndex, SeedWeights, seed_weights::SeedScale, sparse_sums::SparseSums};
use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommendation, Recommender, rank_over_prior},
};

/// Scores a track by the training playlists that hold it and are most like the one at hand.
///
/// With `w` from [`SeedWeights`], the likeness of a playlist p is the cosine `Σ w(s) / √|p|` over the seeds s that it
/// holds. The `neighbours` most alike speak for their tracks with `(likeness − least likeness)² / √|p|`, where the least
/// is that of the last one among them, or 0 if fewer have anything in common with the seeds (Definitive Turtles, `RecSys`
/// Challenge 2018, where this came to 95 % of the winner; `SKNN` and `VSKNN` of Ludewig & Jannach 2018 are its kin).
#[derive(Debug, Clone)]
pub struct PlaylistKnn<'a> {
    index: &'a PlaylistIndex,
    seeds: SeedScale,
    neighbours: usize,
}

/// What is added up for one list after the other.
struct Sums {
    by_playlist: SparseSums<u32>,
    by_item: SparseSums,
}

impl<'a> PlaylistKnn<'a> {
    /// Weighs the seeds by the number of training playlists that hold each item, and by their places; so many playlists
    /// speak for their tracks.
    pub fn new(index: &'a PlaylistIndex, counts: &[u32], weights: SeedWeights, neighbours: usize) -> Self {
        Self { index, seeds: SeedScale::new(counts, weights), neighbours }
    }

    /// For each query the items of its nearest playlists, ascending, with their scores; all others score 0.
    fn own_scores(&self, queries: &[Query]) -> Vec<Vec<(Item, f32)>> {
        let room =
            || Sums { by_playlist: SparseSums::new(self.index.len()), by_item: SparseSums::new(self.index.items()) };
        let own = |sums: &mut Sums, query: &Query| {
            for (playlist, voice) in self.nearest(&query.seeds, &mut sums.by_playlist) {
                let (items, share) = self.index.playlist(playlist);
                items.iter().for_each(|&item| sums.by_item.add(item, voice * share));
            }
            sums.by_item.take()
        };
        queries.par_iter().map_init(room, own).collect()
    }

    /// The nearest playlists, ascending by number, and how much each has to say. Of equally near ones the first are taken.
    fn nearest(&self, seeds: &[Item], sums: &mut SparseSums<u32>) -> Vec<(u32, f32)> {
        for (seed, weight) in self.seeds.weigh(seeds) {
            self.index.holders(seed).iter().for_each(|&playlist| sums.add(playlist, weight));
        }
        let mut near = sums.take();
        near.iter_mut().for_each(|(playlist, likeness)| *likeness *= self.index.playlist(*playlist).1);
        let mut least = 0.0;
        if near.len() > self.neighbours {
            let nearer = |left: &(u32, f32), right: &(u32, f32)| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0));
            let (_, last, _) = near.select_nth_unstable_by(self.neighbours - 1, nearer);
            least = last.1;
            near.truncate(self.neighbours);
            near.sort_unstable_by_key(|&(playlist, _)| playlist);
        }
        near.iter_mut().for_each(|(_, likeness)| *likeness = (*likeness - least).powi(2));
        near
    }
}

impl Recommender for PlaylistKnn<'_> {
    fn name(&self) -> &'static str {
        "playlist_knn"
    }

    fn items(&self) -> usize {
        self.index.items()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let items = self.items();
        let mut scores = vec![0.0f32; queries.len() * items];
        for (row, own) in scores.chunks_mut(items.max(1)).zip(self.own_scores(queries)) {
            own.into_iter().for_each(|(item, score)| row[item.index()] = score);
        }
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
    use crate::{data::Sequences, recommender::rank};

    fn index() -> PlaylistIndex {
        let playlists: [&[u32]; 4] = [&[0, 1, 1, 2], &[0, 3], &[0, 1, 4, 5], &[6]];
        let train: Sequences<Item> = playlists.iter().map(|list| list.iter().copied().map(Item)).collect();
        PlaylistIndex::new(&train, 7)
    }

    /// Playlists have the lengths √3, √2 and 2 in the space of tracks.
    #[test]
    fn playlists_speak_for_their_tracks_by_their_likeness() {
        let (three, two, four) = (3f32, 2f32, 4f32);
        // All that hold the seed; nothing is subtracted, as there are no more.
        let voice = |weight: f32, length: f32| (weight / length.sqrt()).powi(2) / length.sqrt();
        check(9, 0.0, &[0], &[(3, voice(1.0, two)), (1, voice(1.0, three) + voice(1.0, four)), (2, voice(1.0, three))]);
        // Two nearest to both seeds: the first and the third, of which the latter is the least.
        let least = 2.0 / four.sqrt();
        check(2, 0.0, &[0, 1], &[(2, (2.0 / three.sqrt() - least).powi(2) / three.sqrt()), (3, 0.0)]);
        // A seed that all hold says less: 1 / (2^1 + 1) against 1 / (1^1 + 1) of one that two hold.
        check(9, 1.0, &[0], &[(3, voice(1.0 / 3.0, two)), (1, voice(1.0 / 3.0, three) + voice(1.0 / 3.0, four))]);
        // Nothing in common with anybody: the order is that of popularity.
        check(9, 0.0, &[6], &[(0, 0.0), (1, 0.0)]);
        check(9, 0.0, &[], &[(0, 0.0), (1, 0.0)]);
    }

    #[track_caller]
    fn check(neighbours: usize, damping: f64, seeds: &[u32], expected: &[(u32, f32)]) {
        let (index, weights) = (index(), SeedWeights { damping, ..SeedWeights::default() });
        let knn = PlaylistKnn::new(&index, &[3, 2, 1, 1, 1, 1, 1], weights, neighbours);
        let query = Query { seeds: seeds.iter().copied().map(Item).collect(), title: None };
        let list = rank(&knn, &[query], expected.len()).unwrap().remove(0);
        for (found, &(item, score)) in list.iter().zip(expected) {
            assert_eq!(found.item, Item(item), "{list:?}");
            assert!((found.score - score).abs() < 1e-6, "{list:?}, expected {score}");
        }
    }
}
