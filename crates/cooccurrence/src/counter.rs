//! Counts the neighbours of a block of items.

use crate::{
    Block, Incidence, Neighbours, Options,
    plain::PlainCounter,
    selection::{Bounds, Candidate, Ranking, Selection},
    weighted::WeightedCounter,
    weights::Weight,
};

/// Accumulators for the rows of one thread.
#[derive(Debug)]
pub struct Counter {
    options: Options,
    plain: PlainCounter,
    weighted: WeightedCounter,
    selection: Selection,
}

impl Counter {
    /// A counter for these options.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            plain: PlainCounter::default(),
            weighted: WeightedCounter::default(),
            selection: Selection::new(options.k),
        }
    }

    /// Adds the neighbours of a block's items to `into`.
    pub fn count(&mut self, incidence: &Incidence, block: &Block, into: &mut Neighbours) {
        for id in block.items.clone() {
            self.count_item(incidence, id);
            let has_order = incidence.sequences.is_some();
            for (rank, best) in (1..).zip(self.selection.best()) {
                into.items.push(id);
                into.neighbours.push(best.id);
                into.ranks.push(rank);
                into.pair_counts.push(best.pair);
                into.weights.push(best.weight.as_f64());
                if has_order {
                    into.follows.push(best.follows.as_f64());
                }
            }
        }
    }

    fn count_item(&mut self, incidence: &Incidence, id: u32) {
        let Self { options, plain, weighted, selection } = self;
        selection.clear();
        let groups = incidence.numbering().group_count();
        let ranking = Ranking { measure: options.rank_by, item: incidence.standing(id).count, groups };
        let candidate = |other: u32, pair: u32, weight: Weight, follows: Weight| {
            let standing = incidence.standing(other);
            let key = ranking.key(pair, standing, weight, follows);
            Candidate { key, pair, place: standing.place, id: other, weight, follows }
        };
        if incidence.sequences.is_none() && incidence.weights.is_none() {
            let mut bounds = Bounds::default();
            plain.count(incidence, id, options.min_count, |other, pair| {
                if bounds.exclude(other, pair) {
                    return;
                }
                if selection.offer(candidate(other, pair, Weight::of_groups(pair), Weight::default())) {
                    bounds.raise(ranking, selection.least_key(), &incidence.numbering().standing);
                }
            });
        } else {
            weighted.count(incidence, id, options, |other, total| {
                selection.offer(candidate(other, total.pair, total.weight, total.follows));
            });
        }
    }

    /// Bytes that are held.
    pub fn memory_bytes(&self) -> usize {
        self.plain.memory_bytes() + self.weighted.memory_bytes()
    }

    /// Bytes that counting takes at most beside the incidence, for so many items.
    pub fn most_memory_bytes(items: usize) -> usize {
        // Three widths and the list of found items, or the totals with theirs.
        items * (1 + 2 + 4 + 4).max(WeightedCounter::BYTES_PER_ITEM)
    }
}
