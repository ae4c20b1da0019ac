//! Recommendation from a title alone.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the title model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TitleConfig {
    /// Training playlists that must bear a title, or a word of it, for it to be known; default 2.
    pub min_playlists: u32,
    /// Most tracks that are kept of a title or word, the most frequent first; default 300.
    pub tracks_per_term: usize,
    /// Playlists' worth of belief in what the words say when few bear the whole title, and in popularity when few bear
    /// the words; default 5. Too low: one odd playlist decides; too high: every title yields the charts.
    pub smoothing: f64,
}

impl Default for TitleConfig {
    fn default() -> Self {
        Self { min_playlists: 2, tracks_per_term: 300, smoothing: 5.0 }
    }
}

impl TitleConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("title.min_playlists", self.min_playlists, 1, u32::MAX)?;
        check_range("title.tracks_per_term", self.tracks_per_term, 1, 100_000)?;
        check_range("title.smoothing", self.smoothing, 0.0, 1e6)
    }
}
