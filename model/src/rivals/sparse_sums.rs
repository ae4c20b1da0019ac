//! Sums over few of many.

use crate::data::Item;

/// Sums by item, or by another number, where few of many have one: an array with a place for each, and a note of which are
/// in use, so that starting afresh costs what was used.
#[derive(Debug)]
pub(crate) struct SparseSums<K = Item> {
    sums: Vec<f32>,
    is_used: Vec<bool>,
    used: Vec<K>,
}

impl<K: Copy + Ord + Into<u32>> SparseSums<K> {
    /// Makes room for so many.
    pub(crate) fn new(count: usize) -> Self {
        Self { sums: vec![0.0; count], is_used: vec![false; count], used: Vec::new() }
    }

    /// Adds to the sum of one.
    pub(crate) fn add(&mut self, key: K, value: f32) {
        let index = place(key);
        self.sums[index] += value;
        if !self.is_used[index] {
            self.is_used[index] = true;
            self.used.push(key);
        }
    }

    /// Hands the sums out, in ascending order of what they are of, and starts afresh.
    pub(crate) fn take(&mut self) -> Vec<(K, f32)> {
        self.used.sort_unstable();
        let sums = self.used.iter().map(|&key| (key, self.sums[place(key)])).collect();
        for key in self.used.drain(..) {
            self.sums[place(key)] = 0.0;
            self.is_used[place(key)] = false;
        }
        sums
    }
}

fn place<K: Into<u32>>(key: K) -> usize {
    key.into() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_from_before() {
        let mut sums = SparseSums::<Item>::new(5);
        sums.add(Item(3), 1.0);
        sums.add(Item(1), 0.5);
        sums.add(Item(3), 2.0);
        assert_eq!(sums.take(), [(Item(1), 0.5), (Item(3), 3.0)]);
        assert!(sums.take().is_empty());
        sums.add(Item(3), 0.25);
        assert_eq!(sums.take(), [(Item(3), 0.25)]);
    }
}
