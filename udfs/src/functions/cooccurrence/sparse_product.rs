//! The row-wise sparse product behind the function (Gustavson 1978, Two Fast Algorithms for Sparse Matrices).
//!
//! With M the item-group incidence matrix, the pair counts are M·Mᵀ. One row at a time is accumulated in a dense array
//! and cut to its best entries before the next begins, so memory is linear in the input plus the result.

use super::measures::PairCounts;

/// Distinct (group, item) pairs, by group and by item.
#[derive(Debug)]
pub(crate) struct Incidence {
    by_item: Compressed,
    by_group: Compressed,
}

/// Lists of numbers one behind the other, `values[offsets[i]..offsets[i + 1]]` being the i-th.
#[derive(Debug)]
struct Compressed {
    offsets: Vec<usize>,
    values: Vec<u32>,
}

/// A neighbour of an item with its counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Neighbour {
    /// Index of the item.
    pub(crate) item: u32,
    /// Index of the neighbour.
    pub(crate) neighbour: u32,
    /// Place among the item's neighbours, from 1.
    pub(crate) rank: u32,
    /// The counts behind the measures.
    pub(crate) counts: PairCounts,
}

impl Incidence {
    /// Builds both directions from (group, item) pairs, which may repeat.
    pub(crate) fn new(mut pairs: Vec<(u32, u32)>, groups: usize, items: usize) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let by_group = Compressed::new(&pairs, groups, |(group, item)| (group, item));
        let by_item = Compressed::new(&pairs, items, |(group, item)| (item, group));
        Self { by_item, by_group }
    }

    fn count(&self, item: usize) -> u32 {
        u32::try_from(self.by_item.row(item).len()).unwrap_or(u32::MAX)
    }

    /// Calls `emit` with the best `k` neighbours of each item that share at least `min_count` groups with it, ordered
    /// by cosine, then count, then the neighbour's index.
    pub(crate) fn top_neighbours(&self, k: u32, min_count: u32, mut emit: impl FnMut(Neighbour)) {
        let items = self.by_item.rows();
        let groups = u32::try_from(self.by_group.rows()).unwrap_or(u32::MAX);
        let mut counts = vec![0_u32; items];
        let mut touched: Vec<u32> = Vec::new();
        let mut best: Vec<(u32, PairCounts)> = Vec::new();
        for item in 0..items {
            for group in self.by_item.row(item) {
                for neighbour in self.by_group.row(*group as usize) {
                    let count = &mut counts[*neighbour as usize];
                    if *count == 0 {
                        touched.push(*neighbour);
                    }
                    *count += 1;
                }
            }
            best.clear();
            for neighbour in touched.drain(..) {
                let pair = std::mem::take(&mut counts[neighbour as usize]);
                if pair >= min_count && neighbour as usize != item {
                    let counts =
                        PairCounts { pair, item: self.count(item), neighbour: self.count(neighbour as usize), groups };
                    best.push((neighbour, counts));
                }
            }
            keep_best(&mut best, k as usize);
            let item = u32::try_from(item).unwrap_or(u32::MAX);
            for (rank, (neighbour, counts)) in (1..).zip(&best) {
                emit(Neighbour { item, neighbour: *neighbour, rank, counts: *counts });
            }
        }
    }
}

impl Compressed {
    fn new(pairs: &[(u32, u32)], rows: usize, row_and_value: impl Fn((u32, u32)) -> (u32, u32)) -> Self {
        let mut offsets = vec![0_usize; rows + 1];
        for pair in pairs {
            offsets[row_and_value(*pair).0 as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut values = vec![0_u32; pairs.len()];
        for pair in pairs {
            let (row, value) = row_and_value(*pair);
            values[next[row as usize]] = value;
            next[row as usize] += 1;
        }
        Self { offsets, values }
    }

    fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    fn row(&self, index: usize) -> &[u32] {
        &self.values[self.offsets[index]..self.offsets[index + 1]]
    }
}

/// Cuts to the `k` best and sorts them; the order of equal cosines does not depend on the order of the input.
fn keep_best(candidates: &mut Vec<(u32, PairCounts)>, k: usize) {
    // The item's own count is the same for all, so c²/b orders as the cosine does.
    let key = |(_, counts): &(u32, PairCounts)| f64::from(counts.pair).powi(2) / f64::from(counts.neighbour);
    let order = |left: &(u32, PairCounts), right: &(u32, PairCounts)| {
        key(right).total_cmp(&key(left)).then(right.1.pair.cmp(&left.1.pair)).then(left.0.cmp(&right.0))
    };
    if candidates.len() > k {
        candidates.select_nth_unstable_by(k, order);
        candidates.truncate(k);
    }
    candidates.sort_unstable_by(order);
}
