//! The nearest-neighbour rival.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the item k-nearest-neighbour recommender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnnConfig {
    /// Neighbours that are kept of each track, best first; default 100, from 1 to 10,000. The table
    /// `track_cooccurrence` has 100 of each track, so more than that changes nothing; fewer save memory and rank worse.
    pub neighbours: usize,
    /// How much popular tracks of a playlist may count for less: a track held by p playlists weighs
    /// 1 / ((p - 1)^damping + 1), and 0 weighs all alike. The one that does best on the validation playlists is taken.
    /// Default 0, 0.2 and 0.4; each from 0 to 1, at least one.
    pub dampings: Vec<f64>,
    /// How much of its weight a seed loses with each place further from the end of the list; 1 weighs all places alike.
    /// The one that does best on the validation playlists is taken. Default 1, 0.9, 0.75 and 0.6; each above 0 to 1, at
    /// least one.
    pub decays: Vec<f64>,
}

impl Default for KnnConfig {
    fn default() -> Self {
        Self { neighbours: 100, dampings: vec![0.0, 0.2, 0.4], decays: vec![1.0, 0.9, 0.75, 0.6] }
    }
}

impl KnnConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("knn.neighbours", self.neighbours, 1, 10_000)?;
        check_range("knn.dampings", self.dampings.len(), 1, 100)?;
        self.dampings.iter().try_for_each(|&damping| check_range("knn.dampings", damping, 0.0, 1.0))?;
        check_range("knn.decays", self.decays.len(), 1, 100)?;
        self.decays.iter().try_for_each(|&decay| check_range("knn.decays", decay, 1e-6, 1.0))
    }
}
