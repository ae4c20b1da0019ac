//! What a count may be told.

use serde::{Deserialize, Serialize};

use crate::Measure;

/// Options of a count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Serialize, Deserialize)]
pub struct Options {
    /// Neighbours kept for each item, from 1; default 100.
    pub k: u32,
    /// Groups that a pair must share, from 1; default 2. With 1 every pair that ever occurs is a candidate, and many
    /// more items have to be held.
    pub min_count: u32,
    /// The measure by which neighbours are ranked; default cosine.
    pub rank_by: Measure,
    /// If given, only items at most so many positions apart stand together, from 1.
    pub window: Option<u32>,
    /// If given, groups with more distinct items are left out of everything, counts of items and groups included.
    pub max_group_length: Option<u32>,
    /// What a group adds to the weight of its pairs; default 1.
    pub weighting: Weighting,
}

/// What a group adds to the weight of each of its pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// One, whatever its length.
    #[default]
    Uniform,
    /// One divided by its number of distinct items, so that long groups do not outweigh short ones.
    InverseLength,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            k: 100,
            min_count: 2,
            rank_by: Measure::Cosine,
            window: None,
            max_group_length: None,
            weighting: Weighting::Uniform,
        }
    }
}
