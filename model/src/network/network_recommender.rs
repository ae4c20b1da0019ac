//! The network as a recommender.

use tch::Tensor;

use super::{
    ItemTable, NextTrackNetwork,
    item_index::{ItemIndex, Search},
};
use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommendation, Recommender},
};

/// Playlists that are read and ranked together.
const QUERIES_AT_ONCE: usize = 1024;

/// The network as a recommender: the logit of each track after the last seed.
#[derive(Debug)]
pub struct NetworkRecommender<'a> {
    network: &'a NextTrackNetwork,
    index: ItemIndex,
}

impl<'a> NetworkRecommender<'a> {
    /// Looks at a network as it is now and makes an index of its tracks.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short, [`crate::Error::NotANumber`] if a weight is not a number.
    pub fn try_new(network: &'a NextTrackNetwork) -> Result<Self> {
        Ok(Self { network, index: ItemIndex::try_new(network.items())? })
    }

    /// Embeddings and biases of all tracks.
    pub(crate) fn table(&self) -> &ItemTable {
        self.network.items()
    }

    /// The index of the tracks.
    pub(crate) fn index(&self) -> &ItemIndex {
        &self.index
    }

    /// Context after the last seed of each query: `[queries, dimension]`.
    pub(crate) fn contexts(&self, queries: &[Query]) -> Result<Tensor> {
        let seeds: Vec<&[Item]> = queries.iter().map(|query| query.seeds.as_slice()).collect();
        self.network.read(&seeds)
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
        let contexts = self.contexts(queries)?;
        tch::no_grad(|| self.network.items().score(&contexts))
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let mut lists = Vec::with_capacity(queries.len());
        for queries in queries.chunks(QUERIES_AT_ONCE) {
            let contexts = self.contexts(queries)?;
            let searches: Vec<Search<'_>> =
                queries.iter().map(|query| Search { boosts: Vec::new(), excluded: &query.seeds }).collect();
            lists.append(&mut self.index.search(&contexts, &searches, k)?);
        }
        Ok(lists)
    }
}
