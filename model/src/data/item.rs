//! Position of a track in a model's vocabulary.

use std::fmt;

/// Position of a track in a model's vocabulary, the most popular track first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item(pub u32);

impl Item {
    /// Position in an array that has one entry for each track of the vocabulary.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<Item> for u32 {
    fn from(item: Item) -> Self {
        item.0
    }
}

impl From<Item> for i64 {
    fn from(item: Item) -> Self {
        Self::from(item.0)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
