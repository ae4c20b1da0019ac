//! The charts.

use tch::{Kind, Tensor};

use crate::{
    Result,
    data::Item,
    recommender::{Query, Recommendation, Recommender, rank_over_prior},
};

/// Recommends what most training playlists hold, to everybody.
#[derive(Debug, Clone)]
pub struct Popularity {
    counts: Vec<f32>,
    /// Items, the most popular first.
    order: Vec<Item>,
}

impl Popularity {
    /// Takes the number of training playlists that hold each item.
    pub fn new(counts: &[u32]) -> Self {
        let mut order: Vec<Item> = (0..u32::try_from(counts.len()).unwrap_or(u32::MAX)).map(Item).collect();
        order.sort_by_key(|item| std::cmp::Reverse(counts[item.index()]));
        Self { counts: counts.iter().map(|&count| count as f32).collect(), order }
    }
}

impl Recommender for Popularity {
    fn name(&self) -> &'static str {
        "popularity"
    }

    fn items(&self) -> usize {
        self.counts.len()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let rows = i64::try_from(queries.len()).unwrap_or(i64::MAX);
        Ok(Tensor::f_from_slice(&self.counts)?.f_to_kind(Kind::Float)?.f_unsqueeze(0)?.f_expand([rows, -1], false)?)
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let charts = || self.order.iter().map(|&item| (item, self.counts[item.index()]));
        Ok(queries.iter().map(|query| rank_over_prior(&[], charts(), &query.seeds, k)).collect())
    }
}
