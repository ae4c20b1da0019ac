//! Lists of numbers, one behind the other.

use std::ops::Range;

/// Lists in one allocation, `values[offsets[i]..offsets[i + 1]]` being the i-th.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists<T> {
    offsets: Vec<usize>,
    values: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { offsets: vec![0], values: Vec::new() }
    }
}

impl<T: Copy + Default> Lists<T> {
    /// Lists with room for so many.
    pub fn with_capacity(lists: usize, values: usize) -> Self {
        let mut offsets = Vec::with_capacity(lists + 1);
        offsets.push(0);
        Self { offsets, values: Vec::with_capacity(values) }
    }

    /// Lists of these lengths, which can be filled in any order.
    pub fn builder(lengths: impl Iterator<Item = u32>) -> ListsBuilder<T> {
        let mut offsets = vec![0];
        let mut end = 0;
        for length in lengths {
            end += length as usize;
            offsets.push(end);
        }
        let next = offsets[..offsets.len() - 1].to_vec();
        ListsBuilder { lists: Self { values: vec![T::default(); end], offsets }, next }
    }

    /// Adds a list.
    pub fn push(&mut self, values: impl IntoIterator<Item = T>) {
        self.values.extend(values);
        self.offsets.push(self.values.len());
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of values in all lists.
    pub fn value_count(&self) -> usize {
        self.values.len()
    }

    /// The list at an index.
    pub fn get(&self, index: usize) -> &[T] {
        &self.values[self.offsets[index]..self.offsets[index + 1]]
    }

    /// All lists in order.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.offsets.windows(2).map(|bounds| &self.values[bounds[0]..bounds[1]])
    }

    /// Some of the lists in order.
    pub fn iter_in(&self, range: Range<usize>) -> impl Iterator<Item = &[T]> {
        range.map(|index| self.get(index))
    }

    /// Divides the lists into at most so many ranges of about equally many values.
    pub fn ranges(&self, parts: usize) -> Vec<Range<usize>> {
        let mut ranges = Vec::with_capacity(parts);
        let mut start = 0;
        for part in 1..=parts.max(1) {
            let values = self.value_count() * part / parts.max(1);
            let end = if part >= parts { self.len() } else { self.offsets.partition_point(|offset| *offset < values) };
            let end = end.clamp(start, self.len());
            ranges.push(start..end);
            start = end;
        }
        ranges
    }

    /// Lists behind those of others.
    pub(crate) fn joined(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            let end = all.values.len();
            all.values.extend_from_slice(&part.values);
            all.offsets.extend(part.offsets[1..].iter().map(|offset| end + offset));
        }
        all
    }

    /// Bytes that are held.
    pub fn memory_bytes(&self) -> usize {
        self.offsets.capacity() * size_of::<usize>() + self.values.capacity() * size_of::<T>()
    }
}

/// Lists whose lengths are known and whose values come in any order.
#[derive(Debug)]
pub struct ListsBuilder<T> {
    lists: Lists<T>,
    next: Vec<usize>,
}

impl<T: Copy> ListsBuilder<T> {
    /// Adds a value to the list at an index.
    pub fn push(&mut self, index: usize, value: T) {
        let next = &mut self.next[index];
        self.lists.values[*next] = value;
        *next += 1;
    }

    /// Adds values to the list at an index.
    pub fn extend(&mut self, index: usize, values: impl ExactSizeIterator<Item = T>) {
        let start = self.next[index];
        self.next[index] += values.len();
        for (place, value) in self.lists.values[start..self.next[index]].iter_mut().zip(values) {
            *place = value;
        }
    }

    /// The lists.
    pub fn finish(self) -> Lists<T> {
        self.lists
    }
}
