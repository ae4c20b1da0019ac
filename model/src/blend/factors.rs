//! The factorisation's part of the blend.

use tch::Tensor;

use crate::{
    Result,
    data::Item,
    network::{ItemIndex, ItemTable, LogitMoments, NetworkRecommender},
    recommender::Query,
    rivals::MatrixFactorisation,
};

/// A matrix factorisation beside a network. Both score by products, so with the factors of an item behind its embedding,
/// and those of a list behind its context, they are searched as one.
#[derive(Debug)]
pub(super) struct Factors<'a> {
    als: &'a MatrixFactorisation,
    moments: LogitMoments,
    index: ItemIndex,
    /// Weight beside neighbours and network together, from 0 to below 1.
    pub(super) share: f64,
}

impl<'a> Factors<'a> {
    /// Makes an index of both.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short or there are not as many items, [`crate::Error::NotANumber`] if a factor
    /// is not a number.
    pub(super) fn try_new(als: &'a MatrixFactorisation, network: &NetworkRecommender<'_>, share: f64) -> Result<Self> {
        let device = network.table().weights().device();
        let table = ItemTable::of_factors(&als.factors().f_to_device(device)?)?;
        let moments = tch::no_grad(|| LogitMoments::try_new(&table))?;
        let index = ItemIndex::try_new(&tch::no_grad(|| network.table().beside(&table))?)?;
        Ok(Self { als, moments, index, share })
    }

    /// The index of embeddings with factors behind them.
    pub(super) fn index(&self) -> &ItemIndex {
        &self.index
    }

    /// Factors of each query's list, `[queries, dimension]`, and mean and deviation of the scores that they give.
    pub(super) fn read(&self, queries: &[Query], like: &Tensor) -> Result<(Tensor, Vec<(f32, f32)>)> {
        let seeds: Vec<&[Item]> = queries.iter().map(|query| query.seeds.as_slice()).collect();
        let lists = self.als.read(&seeds)?.f_to_device(like.device())?;
        let moments = tch::no_grad(|| self.moments.of(&lists))?;
        Ok((lists, moments))
    }

    /// The factorisation itself.
    pub(super) fn als(&self) -> &'a MatrixFactorisation {
        self.als
    }
}
