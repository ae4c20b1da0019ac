//! What the search for a weight found.

use serde::{Deserialize, Serialize};

/// The weight that did best on the validation playlists, and all that were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlendChoice {
    /// Weight of the neighbours; 0 is the network alone, 1 the neighbours alone.
    pub weight: f64,
    /// NDCG of that weight on the validation playlists.
    pub validation: f64,
    /// All weights in ascending order.
    pub tried: Vec<TriedWeight>,
}

/// One weight and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedWeight {
    /// Weight of the neighbours.
    pub weight: f64,
    /// NDCG on the validation playlists.
    pub validation: f64,
}
