//! Which tracks the model knows.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the vocabulary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VocabularyConfig {
    /// Training playlists that must hold a track for the model to know it; default 2, at least 1.
    /// Too low: rows of the item table that hardly ever move; too high: held-out tracks that can never be recommended.
    pub min_count: u32,
    /// Most tracks that the model knows, the most popular first; default 1,000,000.
    /// The item table takes 12 · `dimension` bytes a track while training (weights and two moments).
    pub max_items: usize,
}

impl Default for VocabularyConfig {
    fn default() -> Self {
        Self { min_count: 2, max_items: 1_000_000 }
    }
}

impl VocabularyConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("vocabulary.min_count", self.min_count, 1, u32::MAX)?;
        check_range("vocabulary.max_items", self.max_items, 1, 16_000_000)
    }
}
