//! Settings that follow from the data where they are left open.
//!
//! What a set of interactions needs depends on its size and on the lengths of its lists, not on what it is about. The
//! rules here were found on public sets of short and of medium lists; each says why it is so.

use super::{ModelConfig, TrainingConfig};

/// Steps of a whole training: what the transformer needs to learn small sets, and more than large ones need before
/// validation stops improving. Sets of a thousand lists learnt nothing in 300 steps, and in 2,500 as much as in 5,000.
const PLANNED_STEPS: usize = 4_000;

/// Steps of a pass: fewer make a small set wait for its steps, more make them small and slow.
const STEPS_PER_PASS: usize = 48;

/// Items that are read in a whole training, if three passes do not read more; it keeps sets of long lists, whose steps
/// cost more, at some tens of minutes.
const ITEMS_READ: usize = 30_000_000;

/// Passes at least, and at most: very small sets need many to get steps to learn in.
const PASSES: std::ops::RangeInclusive<usize> = 3..=1_000;

/// Interactions for each item from which on a set counts as dense: there is enough to learn two blocks from, and less to
/// learn by heart.
const DENSE: usize = 50;

/// The size of a set of training lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataShape {
    /// Lengths of the lists that teach something, ascending.
    lengths: Vec<usize>,
    items: usize,
    interactions: usize,
}

impl DataShape {
    /// Measures lists of items out of a vocabulary.
    pub fn new(lengths: impl IntoIterator<Item = usize>, items: usize) -> Self {
        // A single item has nothing before it to be told from.
        let mut lengths: Vec<usize> = lengths.into_iter().filter(|length| *length > 1).collect();
        lengths.sort_unstable();
        let interactions = lengths.iter().sum();
        Self { lengths, items: items.max(1), interactions }
    }

    fn is_dense(&self) -> bool {
        self.interactions / self.items >= DENSE
    }

    /// Twice the median of the lengths, in tens, from 50 to 200. Where few lists are longer than most, positions that only
    /// they reach are learnt by heart: they do better in pieces.
    fn max_length(&self) -> usize {
        let median = self.lengths.get(self.lengths.len() / 2).copied().unwrap_or(0);
        (2 * median).next_multiple_of(10).clamp(50, 200)
    }

    /// Pieces of a pass, of which the start mark takes a place.
    fn pieces(&self, max_length: usize) -> usize {
        let of_list = |length: &usize| {
            let rest = length % (max_length + 1);
            length / (max_length + 1) + usize::from(rest > 1)
        };
        self.lengths.iter().map(of_list).sum::<usize>().max(1)
    }

    /// The power of two that comes nearest to [`STEPS_PER_PASS`] from above, from 16 to 256.
    fn batch_size(&self, max_length: usize) -> usize {
        let wanted = (self.pieces(max_length) / STEPS_PER_PASS).max(1);
        (1 << wanted.ilog2()).clamp(16, 256)
    }

    fn epochs(&self, max_length: usize, batch_size: usize) -> u32 {
        let steps = self.pieces(max_length).div_ceil(batch_size);
        let affordable = (ITEMS_READ / self.interactions.max(1)).max(*PASSES.start());
        let epochs = PLANNED_STEPS.div_ceil(steps).clamp(*PASSES.start(), *PASSES.end()).min(affordable);
        u32::try_from(epochs).unwrap_or(u32::MAX)
    }
}

impl ModelConfig {
    /// The same settings, with those that are left open (zero, or no number) put in from the size of the data.
    #[must_use]
    pub fn fitted_to(&self, shape: &DataShape) -> Self {
        let mut fitted = self.clone();
        let network = &mut fitted.network;
        if network.max_length == 0 {
            network.max_length = shape.max_length();
        }
        if network.blocks == 0 {
            network.blocks = if shape.is_dense() { 2 } else { 1 };
        }
        network.dropout = network.dropout.or(Some(if shape.is_dense() { 0.2 } else { 0.4 }));
        let TrainingConfig { batch_size, epochs, patience, .. } = &mut fitted.training;
        if *batch_size == 0 {
            *batch_size = shape.batch_size(fitted.network.max_length);
        }
        if *epochs == 0 {
            *epochs = shape.epochs(fitted.network.max_length, *batch_size);
        }
        if *patience == 0 {
            *patience = epochs.div_ceil(5).max(3);
        }
        fitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Protocol;

    /// (lists, length of each, items) and what is expected: max_length, blocks, batch_size, epochs, patience.
    #[test]
    fn open_settings_follow_from_the_size() {
        // A thousand lists of medium length: small batches, so that there are steps to learn in.
        check((1_090, 46, 3_646), (100, 1, 16, 58, 12));
        // Twenty thousand short lists.
        check((22_363, 7, 12_101), (50, 1, 256, 46, 10));
        // Long, dense lists: two blocks, and fewer passes, since each reads a million items.
        check((6_040, 163, 3_416), (200, 2, 64, 30, 6));
        // One list: a step is a pass.
        check((1, 2, 2), (50, 1, 16, 1_000, 200));
        // Very many lists: no more passes than the steps that are planned.
        check((5_000_000, 20, 10_000_000), (50, 1, 256, 3, 3));
    }

    /// Lists of one item are no pieces: they are passed over when pieces are cut.
    #[test]
    fn lists_that_teach_nothing_do_not_count() {
        let all = DataShape::new(std::iter::repeat_n(6, 2_000), 900);
        let with_singles = DataShape::new(std::iter::repeat_n(6, 2_000).chain(std::iter::repeat_n(1, 20_000)), 900);
        assert_eq!(with_singles, all);
        // The last piece of the third list would be a single item.
        assert_eq!(DataShape::new([2, 51, 52, 53], 900).pieces(50), 5);
    }

    #[track_caller]
    fn check((lists, length, items): (usize, usize, usize), expected: (usize, u32, usize, u32, u32)) {
        let open = ModelConfig::for_protocol(Protocol::LeaveOneOut, None).unwrap();
        let fitted = open.fitted_to(&DataShape::new(vec![length; lists], items));
        let (network, training) = (&fitted.network, &fitted.training);
        let found = (network.max_length, network.blocks, training.batch_size, training.epochs, training.patience);
        assert_eq!(found, expected);
        // What is decided stays.
        assert_eq!(fitted.fitted_to(&DataShape::new([5; 100], 10)), fitted);
    }
}
