//! The network as a recommender.

use tch::Tensor;

use super::NextTrackNetwork;
use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommender},
};

/// The network as a recommender: the logit of each track after the last seed.
#[derive(Debug, Clone, Copy)]
pub struct NetworkRecommender<'a> {
    network: &'a NextTrackNetwork,
}

impl<'a> NetworkRecommender<'a> {
    /// Looks at a network.
    pub fn new(network: &'a NextTrackNetwork) -> Self {
        Self { network }
    }
}

impl Recommender for NetworkRecommender<'_> {
    fn name(&self) -> &'static str {
        "network"
    }

    fn items(&self) -> usize {
        self.network.items().items()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let seeds: Vec<&[Item]> = queries.iter().map(|query| query.seeds.as_slice()).collect();
        let contexts = self.network.read(&seeds)?;
        tch::no_grad(|| self.network.items().score(&contexts))
    }
}
