//! Keeps the best of many candidates without sorting them all.

use std::cmp::Ordering;

use crate::{Measure, PairCounts, census::Standing, weights::Weight};

/// A neighbour that may be among the best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    /// By what it is ranked; more is better.
    pub(crate) key: f64,
    pub(crate) pair: u32,
    pub(crate) place: u32,
    pub(crate) id: u32,
    pub(crate) weight: Weight,
    pub(crate) follows: Weight,
}

impl Candidate {
    /// Best first: by the measure, then by the shared groups, then by value, so that nothing depends on the order in
    /// which candidates come.
    fn order(&self, other: &Self) -> Ordering {
        other.key.total_cmp(&self.key).then(other.pair.cmp(&self.pair)).then(self.place.cmp(&other.place))
    }
}

/// The best `k` candidates so far.
///
/// Four times as many are held before the worst are cut away; from then on a candidate below the worst that is kept is
/// refused at once.
#[derive(Debug)]
pub(crate) struct Selection {
    k: usize,
    candidates: Vec<Candidate>,
    least_key: f64,
}

impl Selection {
    pub(crate) fn new(k: u32) -> Self {
        Self { k: k as usize, candidates: Vec::new(), least_key: f64::NEG_INFINITY }
    }

    pub(crate) fn clear(&mut self) {
        self.candidates.clear();
        self.least_key = f64::NEG_INFINITY;
    }

    /// Takes a candidate unless it is known not to be among the best; whether it is now known of more of them.
    pub(crate) fn offer(&mut self, candidate: Candidate) -> bool {
        if candidate.key < self.least_key {
            return false;
        }
        self.candidates.push(candidate);
        let is_full = self.candidates.len() >= 4 * self.k + 64;
        if is_full {
            self.cut();
        }
        is_full
    }

    /// The key that a candidate needs at least.
    pub(crate) fn least_key(&self) -> f64 {
        self.least_key
    }

    fn cut(&mut self) {
        self.candidates.select_nth_unstable_by(self.k - 1, Candidate::order);
        self.candidates.truncate(self.k);
        self.least_key = self.candidates[self.k - 1].key;
    }

    /// The best, in order.
    pub(crate) fn best(&mut self) -> &[Candidate] {
        if self.candidates.len() > self.k {
            self.cut();
        }
        self.candidates.sort_unstable_by(Candidate::order);
        &self.candidates
    }
}

/// Numbers of shared groups that have a bound.
const BOUNDED: usize = 8;

/// Bounds by which neighbours are passed over without a look at them.
///
/// Ids follow frequency, and no measure ranks a neighbour higher for being more frequent at the same number of shared
/// groups. So with each small number of shared groups there is an id below which no neighbour can be among the best;
/// most pairs are of these numbers, and looking a neighbour's frequency up is a miss of the cache.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    least_ids: [u32; BOUNDED],
}

impl Bounds {
    /// Whether a neighbour cannot be among the best.
    pub(crate) fn exclude(&self, id: u32, pair: u32) -> bool {
        self.least_ids.get(pair as usize).is_some_and(|least| id < *least)
    }

    /// Raises the bounds for a least key, of neighbours that stand like this by id.
    pub(crate) fn raise(&mut self, ranking: Ranking, least_key: f64, standing: &[Standing]) {
        // Logarithms may be off by their last digit, which must not exclude anybody.
        let bar = least_key - least_key.abs() * 1e-9;
        for (pair, least) in (0..).zip(&mut self.least_ids).skip(1) {
            let weight = Weight::of_groups(pair);
            let is_below = |standing: &Standing| ranking.key(pair, *standing, weight, Weight::default()) < bar;
            let below = standing[*least as usize..].partition_point(is_below);
            *least += u32::try_from(below).unwrap_or(u32::MAX);
        }
    }
}

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
    pub(crate) fn key(&self, pair: u32, neighbour: Standing, weight: Weight, follows: Weight) -> f64 {
        let counts = PairCounts { pair, item: self.item, neighbour: neighbour.count, groups: self.groups };
        match self.measure {
            Measure::Count | Measure::Conditional => f64::from(pair),
            Measure::Cosine => f64::from(pair) * f64::from(pair) / f64::from(neighbour.count),
            Measure::Jaccard => counts.jaccard(),
            Measure::Lift | Measure::Pmi => f64::from(pair) / f64::from(neighbour.count),
            Measure::Npmi => counts.npmi(),
            Measure::Weight => weight.as_f64(),
            Measure::Follows => follows.as_f64(),
        }
    }
}
