//! How recommenders are judged.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the final evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvaluationConfig {
    /// Test playlists that are judged, drawn with the seed; default 10,000.
    pub test_playlists: usize,
    /// Resamples of the playlists behind each confidence interval; default 1,000, at least 100.
    pub bootstrap: u32,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self { test_playlists: 10_000, bootstrap: 1_000 }
    }
}

impl EvaluationConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("evaluation.test_playlists", self.test_playlists, 1, 10_000_000)?;
        check_range("evaluation.bootstrap", self.bootstrap, 100, 1_000_000)
    }
}
