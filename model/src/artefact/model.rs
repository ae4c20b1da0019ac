//! A model in memory.

use std::collections::BTreeMap;

use super::Recommenders;
use crate::{
    Result,
    config::ModelConfig,
    data::Vocabulary,
    evaluation::MetricsReport,
    network::{NetworkRecommender, NextTrackNetwork},
    rivals::{ItemKnn, MatrixFactorisation, Neighbours, Popularity, SeedWeights, TitleModel, TitleRecommender},
};

/// A model in memory: all that its artefact holds.
#[derive(Debug)]
pub struct Model {
    /// Settings that it was trained with.
    pub config: ModelConfig,
    /// The tracks that it knows.
    pub vocabulary: Vocabulary,
    /// Nearest neighbours of each item.
    pub neighbours: Neighbours,
    /// What playlists of the same title hold.
    pub titles: TitleModel,
    /// The network with its weights.
    pub network: NextTrackNetwork,
    /// How much each seed counts among the neighbours.
    pub seed_weights: SeedWeights,
    /// Weight of the neighbours in the blend.
    pub blend_weight: f64,
    /// The factorisation, if the blend has a share of it.
    pub als: Option<MatrixFactorisation>,
    /// That share.
    pub als_share: f64,
    /// Number of training playlists.
    pub train_playlists: u32,
    /// Everything measured about it.
    pub metrics: MetricsReport,
    /// Version of each lake table that it was made from.
    pub data_versions: BTreeMap<String, u64>,
}

impl Model {
    /// Makes its recommenders ready.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a weight is not a number.
    pub fn recommenders(&self) -> Result<Recommenders<'_>> {
        let counts = self.vocabulary.train_counts();
        Ok(Recommenders {
            popularity: Popularity::new(&counts),
            title: TitleRecommender::new(&self.titles, &counts, self.train_playlists, &self.config.title),
            knn: ItemKnn::new(&self.neighbours, &counts, self.seed_weights),
            network: NetworkRecommender::try_new(&self.network)?,
            blend_weight: self.blend_weight,
            als: self.als.as_ref().map(|als| (als, self.als_share)),
        })
    }
}
