//! What a recommender is asked.

use crate::data::Item;

/// What is visible of a playlist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The tracks that it holds, in order; they are never recommended.
    pub seeds: Vec<Item>,
    /// Its title, where it has one.
    pub title: Option<String>,
}
