//! What a model can be asked through.

use crate::{
    Result,
    blend::Blend,
    network::NetworkRecommender,
    rivals::{ItemKnn, MatrixFactorisation, Popularity, TitleRecommender},
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
    /// The factorisation and its share of the blend.
    pub(super) als: Option<(&'a MatrixFactorisation, f64)>,
}

impl Recommenders<'_> {
    /// What is shipped: neighbours and network, mixed, and a factorisation where there is one.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a factor is not a number.
    pub fn blend(&self) -> Result<Blend<'_>> {
        let blend = Blend::try_new(&self.knn, &self.network, self.blend_weight)?;
        match self.als {
            Some((als, share)) => blend.with_factorisation(als, share),
            None => Ok(blend),
        }
    }
}
