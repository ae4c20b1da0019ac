//! What a model can be asked through.

use crate::{
    Result,
    blend::Blend,
    network::NetworkRecommender,
    rivals::{ItemKnn, Popularity, TitleRecommender},
};

/// The recommenders of a model.
#[derive(Debug)]
pub struct Recommenders<'a> {
    /// The charts.
    pub popularity: Popularity,
    /// From a title alone.
    pub title: TitleRecommender<'a>,
    /// Nearest neighbours.
    pub knn: ItemKnn<'a>,
    /// The network.
    pub network: NetworkRecommender<'a>,
    pub(super) blend_weight: f64,
}

impl Recommenders<'_> {
    /// What is shipped: neighbours and network, mixed.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn blend(&self) -> Result<Blend<'_>> {
        Blend::try_new(&self.knn, &self.network, self.blend_weight)
    }
}
