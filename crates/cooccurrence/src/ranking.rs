//! How a measure ranks neighbours, and which of them it cannot rank among the best.

use crate::{Measure, PairCounts, weights::Weight};

/// How a measure ranks the neighbours of one item.
///
/// The item's count and the number of groups are the same for all of them, so cosine, lift and PMI can do with less
/// than the measure itself; the order is the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranking {
    pub(crate) measure: Measure,
    pub(crate) item: u32,
    pub(crate) groups: u32,
}

impl Ranking {
    /// A number that is more where the measure is, of a neighbour in so many groups.
    pub(crate) fn key(&self, pair: u32, neighbour: u32, weight: Weight, follows: Weight) -> f64 {
        let counts = PairCounts { pair, item: self.item, neighbour, groups: self.groups };
        match self.measure {
            Measure::Count | Measure::Conditional => f64::from(pair),
            Measure::Cosine => f64::from(pair) * f64::from(pair) / f64::from(neighbour),
            Measure::Jaccard => counts.jaccard(),
            Measure::Lift | Measure::Pmi => f64::from(pair) / f64::from(neighbour),
            Measure::Npmi => counts.npmi(),
            Measure::Weight => weight.as_f64(),
            Measure::Follows => follows.as_f64(),
        }
    }
}

/// Where the ids of one frequency begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) frequency: u32,
    pub(crate) first: u32,
}

impl Level {
    /// The levels of items whose frequencies never rise from one id to the next.
    pub(crate) fn all_of(frequencies: &[u32]) -> Vec<Self> {
        let mut levels: Vec<Self> = Vec::new();
        for (id, frequency) in (0..).zip(frequencies) {
            if levels.last().is_none_or(|level| level.frequency != *frequency) {
                levels.push(Self { frequency: *frequency, first: id });
            }
        }
        levels
    }
}

/// Numbers of shared groups, from 0, that have a bound.
const BOUNDED: usize = 16;

/// Bounds by which neighbours are passed over without a look at them.
///
/// Ids follow frequency, and no measure ranks a neighbour higher for being more frequent at the same number of shared
/// groups. So with each small number of shared groups there is an id below which no neighbour can be among the best;
/// most pairs are of these numbers, and looking a neighbour's frequency up is a miss of the cache. Bounds are sought
/// among the levels, of which there are few.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    least_ids: [u32; BOUNDED],
    levels: [usize; BOUNDED],
}

impl Bounds {
    /// Whether a neighbour cannot be among the best.
    pub(crate) fn exclude(&self, id: u32, pair: u32) -> bool {
        self.least_ids.get(pair as usize).is_some_and(|least| id < *least)
    }

    /// Raises the bounds for a key that is needed at least.
    pub(crate) fn raise(&mut self, ranking: Ranking, least_key: f64, levels: &[Level]) {
        // Logarithms may be off by their last digit, which must not exclude anybody.
        let bar = least_key - least_key.abs() * 1e-9;
        for (pair, (least, level)) in (0..).zip(self.least_ids.iter_mut().zip(&mut self.levels)).skip(1) {
            let weight = Weight::of_groups(pair);
            let is_below = |level: &Level| ranking.key(pair, level.frequency, weight, Weight::default()) < bar;
            *level += levels[*level..].partition_point(is_below);
            *least = levels.get(*level).map_or(u32::MAX, |level| level.first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_the_first_id_that_may_be_among_the_best() {
        // Ids 0 to 9, in 100 groups, 50, 50, 10, 10, 10, 3, 2, 2 and 1.
        let levels = Level::all_of(&[100, 50, 50, 10, 10, 10, 3, 2, 2, 1]);
        assert_eq!(levels.iter().map(|level| level.first).collect::<Vec<_>>(), [0, 1, 3, 6, 7, 9]);
        let ranking = Ranking { measure: Measure::Cosine, item: 20, groups: 1000 };
        let mut bounds = Bounds::default();
        // By pair² / frequency: 1 reaches 0.4 in at most 2 groups, 2 in at most 10, 5 in at most 50.
        bounds.raise(ranking, 0.4, &levels);
        let first = |bounds: &Bounds, pair| (0..10).find(|id| !bounds.exclude(*id, pair));
        assert_eq!([1, 2, 5, 15].map(|pair| first(&bounds, pair)), [Some(7), Some(3), Some(1), Some(0)]);
        // And 2 with no frequency that there is, but for 1.
        bounds.raise(ranking, 2.1, &levels);
        assert_eq!([1, 2, 5, 15].map(|pair| first(&bounds, pair)), [None, Some(9), Some(3), Some(0)]);
    }
}
