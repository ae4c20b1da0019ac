//! What is answered.

use serde::{Deserialize, Serialize};

use crate::{artefact::ModelId, predict::Source};

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The model that answers.
    pub model_id: ModelId,
    /// What the list was made from.
    pub source: Source,
    /// Addresses that the model does not know; they were skipped.
    pub unknown_tracks: Vec<String>,
    /// The list, best first.
    pub recommendations: Vec<AnswerLine>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerLine {
    /// Place, from 1.
    pub rank: usize,
    /// Address of the track.
    pub track_uri: String,
    /// Its name.
    pub track_name: String,
    /// Its artist.
    pub artist_name: String,
    /// Score; comparable within one list only.
    pub score: f64,
    /// Names of the tracks of the list that speak most for it, by co-occurrence.
    pub because_of: Vec<String>,
}
