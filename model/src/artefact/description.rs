//! The `config.json` of a model.

use serde::{Deserialize, Serialize};

use super::Model;
use crate::{
    config::ModelConfig,
    rivals::{AlsOptions, MatrixFactorisation, SeedWeights},
};

/// What is needed beside the weights to compute with them; the `config.json` of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Number of tracks in the vocabulary.
    pub items: usize,
    /// Number of training playlists.
    pub train_playlists: u32,
    /// How much each seed counts among the neighbours.
    pub seed_weights: SeedWeights,
    /// Weight of the neighbours in the blend.
    pub blend_weight: f64,
    /// What the factorisation was fitted to, if the blend has a share of it.
    #[serde(default)]
    pub als: Option<AlsOptions>,
    /// Share of the factorisation in the blend.
    #[serde(default)]
    pub als_share: f64,
    /// Settings that the model was trained with.
    pub config: ModelConfig,
}

impl Description {
    /// Describes a model.
    pub fn of(model: &Model) -> Self {
        Self {
            items: model.vocabulary.len(),
            train_playlists: model.train_playlists,
            seed_weights: model.seed_weights,
            blend_weight: model.blend_weight,
            als: model.als.as_ref().map(MatrixFactorisation::options),
            als_share: model.als_share,
            config: model.config.clone(),
        }
    }
}
