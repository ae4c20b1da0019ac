//! One line of a list.

use crate::data::Item;

/// A recommended track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recommendation {
    /// The track.
    pub item: Item,
    /// Its score; comparable within one list only.
    pub score: f32,
}
