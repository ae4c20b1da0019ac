//! Counts the neighbours of a block of items.

use std::iter::repeat_n;

use crate::{
    Block, Incidence, Neighbours, Numbering, Options,
    plain::PlainCounter,
    ranking::{Bounds, Ranking},
    selection::{Candidate, Selection},
    weighted::WeightedCounter,
    weights::Weight,
};

/// Accumulators for the rows of one thread.
#[derive(Debug)]
pub struct Counter {
    options: Options,
    plain: PlainCounter,
    weighted: WeightedCounter,
    best: Selection<()>,
    best_weighted: Selection<(Weight, Weight)>,
}

impl Counter {
    /// A counter for these options.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            plain: PlainCounter::default(),
            weighted: WeightedCounter::default(),
            best: Selection::new(options.k),
            best_weighted: Selection::new(options.k),
        }
    }

    /// Adds the neighbours of a block's items to `into`.
    pub fn count(&mut self, incidence: &Incidence, block: &Block, into: &mut Neighbours) {
        let is_plain = incidence.sequences.is_none() && incidence.weights.is_none();
        for id in block.items.clone() {
            let before = into.neighbours.len();
            if is_plain {
                self.count_plain(incidence, id, into);
            } else {
                self.count_weighted(incidence, id, into);
            }
            let found = into.neighbours.len() - before;
            into.items.extend(repeat_n(id, found));
            into.ranks.extend((1..).take(found));
        }
    }

    fn count_plain(&mut self, incidence: &Incidence, id: u32, into: &mut Neighbours) {
        let Self { options, plain, best, .. } = self;
        best.clear();
        let numbering: &Numbering = incidence.numbering();
        let ranking = ranking_of(incidence, options, id);
        let mut bounds = Bounds::default();
        plain.count(incidence, id, options.min_count, |other, pair| {
            if bounds.exclude(other, pair) {
                return;
            }
            let key = ranking.key(pair, numbering.frequency(other), Weight::of_groups(pair), Weight::default());
            if best.offer(key, pair, || numbering.tie(other), ()) {
                bounds.raise(ranking, best.least_measure(), &numbering.levels);
            }
        });
        let best = best.best();
        into.neighbours.extend(best.iter().map(|one| numbering.of_tie(one.tie())));
        into.pair_counts.extend(best.iter().map(Candidate::pair));
        into.weights.extend(best.iter().map(|one| f64::from(one.pair())));
    }

    fn count_weighted(&mut self, incidence: &Incidence, id: u32, into: &mut Neighbours) {
        let Self { options, weighted, best_weighted, .. } = self;
        best_weighted.clear();
        let numbering: &Numbering = incidence.numbering();
        let ranking = ranking_of(incidence, options, id);
        weighted.count(incidence, id, options, |other, total| {
            let key = ranking.key(total.pair, numbering.frequency(other), total.weight, total.follows);
            best_weighted.offer(key, total.pair, || numbering.tie(other), (total.weight, total.follows));
        });
        let best = best_weighted.best();
        into.neighbours.extend(best.iter().map(|one| numbering.of_tie(one.tie())));
        into.pair_counts.extend(best.iter().map(Candidate::pair));
        into.weights.extend(best.iter().map(|one| one.more.0.as_f64()));
        if incidence.sequences.is_some() {
            into.follows.extend(best.iter().map(|one| one.more.1.as_f64()));
        }
    }

    /// Bytes that are held.
    pub fn memory_bytes(&self) -> usize {
        self.plain.memory_bytes() + self.weighted.memory_bytes()
    }

    /// Bytes that counting takes at most beside the incidence, for so many items.
    pub fn most_memory_bytes(items: usize) -> usize {
        items * PlainCounter::BYTES_PER_ITEM.max(WeightedCounter::BYTES_PER_ITEM)
    }
}

fn ranking_of(incidence: &Incidence, options: &Options, id: u32) -> Ranking {
    let numbering = incidence.numbering();
    Ranking { measure: options.rank_by, item: numbering.frequency(id), groups: numbering.group_count() }
}
