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
    /// How much of the blend a factorisation was given then, where there is one.
    #[serde(default)]
    pub factorisation: Option<ShareChoice>,
}

impl BlendChoice {
    /// Weight of the factorisation, 0 without one.
    pub fn share(&self) -> f64 {
        self.factorisation.as_ref().map_or(0.0, |choice| choice.share)
    }
}

/// The share of the factorisation that did best on the validation playlists, and all that were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShareChoice {
    /// Weight of the factorisation beside that of neighbours and network together, which is the rest to 1.
    pub share: f64,
    /// NDCG of the blend with it on the validation playlists.
    pub validation: f64,
    /// All shares in ascending order.
    pub tried: Vec<TriedWeight>,
}

/// One weight, or share, and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedWeight {
    /// The weight.
    pub weight: f64,
    /// NDCG on the validation playlists.
    pub validation: f64,
}
