//! Counts shared groups with their weights, near items only, or in order.

use crate::{Incidence, Options, sequences::Sequences, weights::Weight};

/// What one item has in common with another.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Total {
    /// Shared groups.
    pub(crate) pair: u32,
    /// Their weights.
    pub(crate) weight: Weight,
    /// 1/distance from the item to where the other comes next, of each group.
    pub(crate) follows: Weight,
}

/// Totals of one item with all others.
#[derive(Debug, Default)]
pub(crate) struct WeightedCounter {
    totals: Vec<Total>,
    touched: Vec<u32>,
    /// Neighbours within one group, each with its distance behind the item.
    near: Vec<(u32, u64)>,
}

impl WeightedCounter {
    pub(crate) const BYTES_PER_ITEM: usize = size_of::<Total>() + size_of::<u32>();

    /// Calls `emit` with each item that shares at least `min_count` groups with `id`, itself left out.
    pub(crate) fn count(
        &mut self,
        incidence: &Incidence,
        id: u32,
        options: &Options,
        mut emit: impl FnMut(u32, Total),
    ) {
        self.totals.resize(incidence.item_count(), Total::default());
        for group in incidence.postings.get(id as usize) {
            let weight = incidence.weights.as_ref().map_or(Weight::of_groups(1), |weights| weights[*group as usize]);
            match &incidence.sequences {
                Some(sequences) => self.add_sequence(sequences, *group, id, options.window, weight),
                None => {
                    for other in incidence.groups.get(*group as usize) {
                        self.add(*other, weight, Weight::default());
                    }
                }
            }
        }
        for other in self.touched.drain(..) {
            let total = std::mem::take(&mut self.totals[other as usize]);
            if total.pair >= options.min_count && other != id {
                emit(other, total);
            }
        }
    }

    /// Adds one group, in which another item counts once, and follows where it comes next.
    fn add_sequence(&mut self, sequences: &Sequences, group: u32, id: u32, window: Option<u32>, weight: Weight) {
        let mut near = std::mem::take(&mut self.near);
        near.clear();
        sequences.near(group, id, window, |other, behind| {
            // What stands before the item, or at the same place, is as far behind as can be.
            let behind = u64::try_from(behind).ok().filter(|behind| *behind > 0);
            near.push((other, behind.unwrap_or(u64::MAX)));
        });
        near.sort_unstable();
        near.dedup_by_key(|(other, _)| *other);
        for (other, behind) in &near {
            let follows = if *behind == u64::MAX { Weight::default() } else { Weight::of_distance(*behind) };
            self.add(*other, weight, follows);
        }
        self.near = near;
    }

    fn add(&mut self, other: u32, weight: Weight, follows: Weight) {
        let total = &mut self.totals[other as usize];
        if total.pair == 0 {
            self.touched.push(other);
        }
        total.pair += 1;
        total.weight.add(weight);
        total.follows.add(follows);
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.totals.capacity() * size_of::<Total>() + self.touched.capacity() * size_of::<u32>()
    }
}
