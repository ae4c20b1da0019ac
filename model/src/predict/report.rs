//! What a batch prediction did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Source;
use crate::artefact::ModelId;

/// What a batch prediction did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictionReport {
    /// The model that predicted.
    pub model_id: ModelId,
    /// Rows of the `predictions` table.
    pub rows: u64,
    /// Playlists.
    pub playlists: u64,
    /// Playlists by what their list was made from.
    pub playlists_by_source: BTreeMap<Source, u64>,
    /// Version of the `predictions` table.
    pub version: u64,
    /// Wall-clock seconds, the reading of the model not included.
    pub seconds: f64,
}
