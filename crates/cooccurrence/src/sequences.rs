//! Groups whose items stand in an order.

use crate::Lists;

/// The entries of each group by position, an item as often as it stands there.
///
/// Groups are numbered as in the incidence that this belongs to.
#[derive(Debug)]
pub(crate) struct Sequences {
    ids: Lists<u32>,
    positions: Lists<i64>,
}

impl Sequences {
    /// The groups with at least two different items that have an id; `lengths` is 0 for groups that are left out.
    pub(crate) fn new(items: &Lists<u32>, positions: &Lists<i64>, lengths: &[u32], ids: &[u32]) -> Self {
        let mut sequences = Self { ids: Lists::default(), positions: Lists::default() };
        let mut entries: Vec<(i64, u32)> = Vec::new();
        for ((items, positions), length) in items.iter().zip(positions.iter()).zip(lengths) {
            if *length == 0 {
                continue;
            }
            entries.clear();
            let with_ids = positions.iter().copied().zip(items.iter().map(|item| ids[*item as usize]));
            entries.extend(with_ids.filter(|(_, id)| *id != u32::MAX));
            entries.sort_unstable();
            if entries.iter().any(|(_, id)| *id != entries[0].1) {
                sequences.ids.push(entries.iter().map(|(_, id)| *id));
                sequences.positions.push(entries.iter().map(|(position, _)| *position));
            }
        }
        sequences
    }

    /// Calls `emit` with every entry of a group that stands within the window of an entry of `id`, and with how far
    /// behind that it stands (negative: before). An item may come more than once.
    pub(crate) fn near(&self, group: u32, id: u32, window: Option<u32>, mut emit: impl FnMut(u32, i64)) {
        let (ids, positions) = (self.ids.get(group as usize), self.positions.get(group as usize));
        let reach = window.map_or(i64::MAX, i64::from);
        for (own, _) in ids.iter().enumerate().filter(|(_, other)| **other == id) {
            let from = positions[own].saturating_sub(reach);
            let to = positions[own].saturating_add(reach);
            let start = positions.partition_point(|position| *position < from);
            let end = positions.partition_point(|position| *position <= to);
            for (other, position) in ids[start..end].iter().zip(&positions[start..end]) {
                emit(*other, position.saturating_sub(positions[own]));
            }
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.ids.memory_bytes() + self.positions.memory_bytes()
    }
}
