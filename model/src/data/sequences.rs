//! Lists of different lengths in two flat arrays.

/// Lists of different lengths in two flat arrays (compressed sparse rows): no allocation for each list, and no pointer to
/// follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequences<T> {
    ends: Vec<usize>,
    values: Vec<T>,
}

impl<T> Default for Sequences<T> {
    fn default() -> Self {
        Self::none()
    }
}

impl<T> Sequences<T> {
    /// No lists.
    pub(crate) const fn none() -> Self {
        Self { ends: Vec::new(), values: Vec::new() }
    }

    /// Appends one list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.values.extend(list);
        self.ends.push(self.values.len());
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Number of values in all lists together.
    pub fn value_count(&self) -> usize {
        self.values.len()
    }

    /// One list; empty where there is none.
    pub fn row(&self, index: usize) -> &[T] {
        let Some(&end) = self.ends.get(index) else {
            return &[];
        };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.values[start..end]
    }

    /// All lists in order.
    pub fn rows(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len()).map(|index| self.row(index))
    }
}

impl<T, L: IntoIterator<Item = T>> FromIterator<L> for Sequences<T> {
    fn from_iter<I: IntoIterator<Item = L>>(lists: I) -> Self {
        let mut sequences = Self::default();
        for list in lists {
            sequences.push(list);
        }
        sequences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_went_in() {
        check(&[]);
        check(&[&[]]);
        check(&[&[1, 2, 3]]);
        check(&[&[1], &[], &[2, 3], &[]]);
    }

    #[track_caller]
    fn check(lists: &[&[u32]]) {
        let sequences: Sequences<u32> = lists.iter().map(|list| list.iter().copied()).collect();
        assert_eq!(sequences.rows().collect::<Vec<_>>(), lists);
        assert_eq!(sequences.len(), lists.len());
        assert_eq!(sequences.value_count(), lists.iter().map(|list| list.len()).sum::<usize>());
        assert!(sequences.row(lists.len()).is_empty());
    }
}
