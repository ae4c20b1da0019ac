//! The `metrics.json` of a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Protocol, RecommenderMetrics};
use crate::{
    blend::BlendChoice,
    metrics::Interval,
    rivals::{AlsChoice, KnnChoice, PlaylistKnnChoice},
    training::TrainingReport,
};

/// Everything measured about a model; the `metrics.json` of its artefact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricsReport {
    /// What was hidden, and how the search for it was judged.
    #[serde(default)]
    pub protocol: Protocol,
    /// Playlists that each part of the data had.
    pub playlists: PlaylistCounts,
    /// Tracks that the model knows.
    pub vocabulary: usize,
    /// Attributes of tracks that the network was given.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Share of the hidden test tracks that the model does not know, and that every recommender misses.
    pub hidden_unknown_share: f64,
    /// How training went.
    pub training: TrainingReport,
    /// How the neighbours were tuned.
    pub item_knn: KnnChoice,
    /// How the search for playlists that are alike was tuned, where there is one.
    #[serde(default)]
    pub playlist_knn: Option<PlaylistKnnChoice>,
    /// How the matrix factorisation was tuned, where there is one.
    #[serde(default)]
    pub als: Option<AlsChoice>,
    /// How the blend was weighed.
    pub blend: BlendChoice,
    /// How each recommender did on the test playlists.
    pub recommenders: BTreeMap<String, RecommenderMetrics>,
    /// Paired differences between recommenders.
    pub comparisons: Vec<Comparison>,
}

/// Playlists that each part of the data had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistCounts {
    /// Training playlists.
    pub train: usize,
    /// Validation playlists that were looked at.
    pub validation: usize,
    /// Test playlists that were judged.
    pub test: usize,
    /// Held-out playlists in which nothing was hidden.
    pub nothing_hidden: usize,
}

/// Difference of two recommenders on the same playlists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Recommender.
    pub recommender: String,
    /// What it is held against.
    pub baseline: String,
    /// Mean differences with 95 % confidence intervals, by name of the metric; one without zero is significant.
    pub differences: BTreeMap<String, Interval>,
}
