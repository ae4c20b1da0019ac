//! The nearest-neighbour rival.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the item k-nearest-neighbour recommender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnnConfig {
    /// Neighbours that are kept of each track, best first; default 200, from 1 to 10,000.
    pub neighbours: usize,
    /// How much popular tracks of a playlist count for less: a track held by p playlists weighs
    /// 1 / ((p - 1)^damping + 1). Default 0.4, from 0 to 1; 0 weighs all alike.
    pub damping: f64,
}

impl Default for KnnConfig {
    fn default() -> Self {
        Self { neighbours: 200, damping: 0.4 }
    }
}

impl KnnConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("knn.neighbours", self.neighbours, 1, 10_000)?;
        check_range("knn.damping", self.damping, 0.0, 1.0)
    }
}
