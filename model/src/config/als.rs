//! The matrix factorisation, which is a rival and a part of the blend.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the factorisation by alternating least squares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlsConfig {
    /// Rounds, in each of which the factors of all playlists and then those of all tracks are solved for; default 0, which
    /// leaves the factorisation out, of the rivals and of the blend. Eight are enough for the order of the first places to
    /// settle.
    pub iterations: u32,
    /// Width of the factors; default 64, from 1 to 512. Time follows its square, and its cube for short playlists.
    pub dimension: u32,
    /// Weights of what is there beside what is not, less one (alpha in the paper). The one that does best on the
    /// validation playlists is taken. Default 5 and 40; each above 0, at least one.
    pub confidences: Vec<f64>,
    /// Weights of the squares of the factors (lambda in the paper), tried with each confidence. Default 1 and 10; each
    /// above 0, at least one.
    pub regularisations: Vec<f64>,
}

impl Default for AlsConfig {
    fn default() -> Self {
        Self { iterations: 0, dimension: 64, confidences: vec![5.0, 40.0], regularisations: vec![1.0, 10.0] }
    }
}

impl AlsConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("als.iterations", self.iterations, 0, 1_000)?;
        check_range("als.dimension", self.dimension, 1, 512)?;
        check_range("als.confidences", self.confidences.len(), 1, 100)?;
        self.confidences.iter().try_for_each(|&value| check_range("als.confidences", value, 1e-6, 1e9))?;
        check_range("als.regularisations", self.regularisations.len(), 1, 100)?;
        self.regularisations.iter().try_for_each(|&value| check_range("als.regularisations", value, 1e-6, 1e9))
    }
}
