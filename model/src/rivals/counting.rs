//! Neighbours from training sequences in memory.

use rayon::prelude::*;

use super::{Neighbour, NeighbourMeasure, Neighbours, neighbours::best, sparse_sums::SparseSums};
use crate::data::{Item, Sequences};

/// Of a longer playlist the last items are counted, so that one list of thousands does not cost millions of pairs.
const LONGEST: usize = 512;

impl Neighbours {
    /// Counts pairs in training playlists and keeps the `limit` nearest of each item by a measure. One row of the product
    /// is held at a time and thread (Gustavson 1978), so memory follows the vocabulary and not the number of pairs.
    pub fn count(train: &Sequences<Item>, items: usize, measure: NeighbourMeasure, limit: usize) -> Self {
        let playlists: Sequences<Item> = train.rows().map(first_occurrences).collect();
        let mut occurrences: Vec<Vec<(u32, u32)>> = vec![Vec::new(); items];
        for (playlist, row) in (0..).zip(playlists.rows()) {
            (0..).zip(row).for_each(|(place, item)| occurrences[item.index()].push((playlist, place)));
        }
        let scales: Vec<f32> = occurrences.iter().map(|found| (found.len() as f32).powf(-measure.exponent())).collect();
        let row = |sums: &mut SparseSums, (item, found): (usize, &Vec<(u32, u32)>)| {
            for &(playlist, place) in found {
                let (playlist, place) = (playlists.row(playlist as usize), place as usize);
                if measure.sees_order() {
                    let following = playlist[place + 1..].iter().take(NeighbourMeasure::WINDOW);
                    (1u8..).zip(following).for_each(|(distance, &other)| sums.add(other, f32::from(distance).recip()));
                }
                if measure.together() > 0.0 {
                    playlist.iter().for_each(|&other| sums.add(other, measure.together()));
                }
            }
            let scaled = |(other, sum): (Item, f32)| Neighbour {
                item: other,
                cosine: sum * scales[item] * scales[other.index()],
            };
            let pairs = sums.take().into_iter().filter(|(other, _)| other.index() != item);
            best(pairs.map(scaled).collect(), limit)
        };
        let rows = occurrences.par_iter().enumerate().map_init(|| SparseSums::new(items), row);
        Self::new(rows.collect::<Vec<_>>().into_iter().collect())
    }
}

/// The last items of a playlist in order, each where it stands first.
fn first_occurrences(playlist: &[Item]) -> Vec<Item> {
    let mut seen = std::collections::HashSet::new();
    let last = &playlist[playlist.len().saturating_sub(LONGEST)..];
    last.iter().copied().filter(|&item| seen.insert(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_of_their_definitions() {
        // Item 0 is in three playlists, 1 in two, 2 in two, 3 in one; 0 and 1 share two.
        let cosine = |count: f32, left: f32, right: f32| count / (left * right).sqrt();
        check(NeighbourMeasure::Cosine, 0, &[(1, cosine(2.0, 3.0, 2.0)), (2, cosine(1.0, 3.0, 2.0))]);
        check(
            NeighbourMeasure::Cosine,
            2,
            &[(3, cosine(1.0, 2.0, 1.0)), (1, cosine(1.0, 2.0, 2.0)), (0, cosine(1.0, 2.0, 3.0))],
        );
        check(NeighbourMeasure::Supported, 3, &[(2, 2f32.powf(-0.3))]);
        // Behind 1 stand 0 at once and 2 a place later; behind 0 stands 1 once and 2 once, both at once.
        let next = |sum: f32, left: f32, right: f32| sum * (left * right).powf(-0.3);
        check(NeighbourMeasure::Next, 1, &[(0, next(1.0, 2.0, 3.0)), (2, next(0.5, 2.0, 2.0))]);
        check(NeighbourMeasure::Next, 0, &[(1, next(1.0, 3.0, 2.0)), (2, next(1.0, 3.0, 2.0))]);
        check(NeighbourMeasure::Next, 3, &[]);
        check(NeighbourMeasure::Around, 1, &[(0, next(1.6, 2.0, 3.0)), (2, next(0.8, 2.0, 2.0))]);
    }

    #[track_caller]
    fn check(measure: NeighbourMeasure, item: u32, expected: &[(u32, f32)]) {
        let playlists: [&[u32]; 4] = [&[0, 1, 1], &[1, 0, 2], &[0], &[2, 3]];
        let train: Sequences<Item> = playlists.iter().map(|list| list.iter().copied().map(Item)).collect();
        let found = Neighbours::count(&train, 4, measure, 10).of(Item(item)).to_vec();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, &(item, value)) in found.iter().zip(expected) {
            assert_eq!(found.item, Item(item));
            assert!((found.cosine - value).abs() < 1e-6, "{found:?}, expected {value}");
        }
    }
}
