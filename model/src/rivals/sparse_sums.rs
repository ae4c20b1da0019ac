//! Sums over few of many items.

use crate::data::Item;

/// Sums by item where few of many items have one: an array with a place for each item, and a note of which are in use, so
/// that starting afresh costs what was used.
#[derive(Debug)]
pub(crate) struct SparseSums {
    sums: Vec<f32>,
    is_used: Vec<bool>,
    used: Vec<Item>,
}

impl SparseSums {
    /// Makes room for so many items.
    pub(crate) fn new(items: usize) -> Self {
        Self { sums: vec![0.0; items], is_used: vec![false; items], used: Vec::new() }
    }

    /// Adds to the sum of an item.
    pub(crate) fn add(&mut self, item: Item, value: f32) {
        let index = item.index();
        self.sums[index] += value;
        if !self.is_used[index] {
            self.is_used[index] = true;
            self.used.push(item);
        }
    }

    /// Hands the sums out, ascending by item, and starts afresh.
    pub(crate) fn take(&mut self) -> Vec<(Item, f32)> {
        self.used.sort_unstable();
        let sums = self.used.iter().map(|&item| (item, self.sums[item.index()])).collect();
        for item in self.used.drain(..) {
            self.sums[item.index()] = 0.0;
            self.is_used[item.index()] = false;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_from_before() {
        let mut sums = SparseSums::new(5);
        sums.add(Item(3), 1.0);
        sums.add(Item(1), 0.5);
        sums.add(Item(3), 2.0);
        assert_eq!(sums.take(), [(Item(1), 0.5), (Item(3), 3.0)]);
        assert!(sums.take().is_empty());
        sums.add(Item(3), 0.25);
        assert_eq!(sums.take(), [(Item(3), 0.25)]);
    }
}
