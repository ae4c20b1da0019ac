//! Attributes of tracks beside their address.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the optional table of attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttributesConfig {
    /// Parquet file with a column `track_uri` and any columns of numbers, truth values and texts; default none.
    pub file: String,
    /// Different texts of a column that are told apart, the most frequent first; all others are one. Default 1,000, from 1
    /// to 100,000. More give rare texts a meaning of their own that there is little to learn from.
    pub categories: usize,
}

impl Default for AttributesConfig {
    fn default() -> Self {
        Self { file: String::new(), categories: 1_000 }
    }
}

impl AttributesConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("attributes.categories", self.categories, 1, 100_000)
    }
}
