//! The charts.

use tch::{Kind, Tensor};

use crate::{
    Result,
    recommender::{Query, Recommender},
};

/// Recommends what most training playlists hold, to everybody.
#[derive(Debug, Clone)]
pub struct Popularity {
    counts: Vec<f32>,
}

impl Popularity {
    /// Takes the number of training playlists that hold each item.
    pub fn new(counts: &[u32]) -> Self {
        Self { counts: counts.iter().map(|&count| count as f32).collect() }
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
}
