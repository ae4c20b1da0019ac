//! The rival that looks for playlists that are alike.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the playlist k-nearest-neighbour rival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaylistKnnConfig {
    /// Numbers of playlists that speak for their tracks, the most alike first. The one that does best on the validation
    /// playlists is taken. Default 200 and 1,000; each from 1 to 1,000,000; none leaves the rival out.
    pub neighbours: Vec<usize>,
    /// How much popular tracks of a playlist may count for less, as in `knn.dampings`; default 0 and 0.4; each from 0 to 1,
    /// at least one.
    pub dampings: Vec<f64>,
    /// How much of its weight a seed loses with each place further from the end, as in `knn.decays`; default 1 and 0.75;
    /// each above 0 to 1, at least one.
    pub decays: Vec<f64>,
}

impl Default for PlaylistKnnConfig {
    fn default() -> Self {
        Self { neighbours: vec![200, 1_000], dampings: vec![0.0, 0.4], decays: vec![1.0, 0.75] }
    }
}

impl PlaylistKnnConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("playlist_knn.neighbours", self.neighbours.len(), 0, 100)?;
        self.neighbours.iter().try_for_each(|&count| check_range("playlist_knn.neighbours", count, 1, 1_000_000))?;
        check_range("playlist_knn.dampings", self.dampings.len(), 1, 100)?;
        self.dampings.iter().try_for_each(|&damping| check_range("playlist_knn.dampings", damping, 0.0, 1.0))?;
        check_range("playlist_knn.decays", self.decays.len(), 1, 100)?;
        self.decays.iter().try_for_each(|&decay| check_range("playlist_knn.decays", decay, 1e-6, 1.0))
    }
}
