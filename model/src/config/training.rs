//! How long, on what, and when to stop.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the training loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingConfig {
    /// Most passes over the training playlists; default 3. 0 leaves it open: about 4,000 steps, from 3 to 1,000 passes, and at
    /// most 30 million tracks read.
    pub epochs: u32,
    /// Pieces of playlists in a batch; default 32. Fewer take more, noisier steps; more use many cores better. 0 leaves it
    /// open: about 48 batches in a pass, of 16 to 256 pieces.
    pub batch_size: usize,
    /// Validations without improvement after which training stops; default 2. 0 leaves it open: a fifth of the passes.
    pub patience: u32,
    /// Optimiser steps between validations; default 0, which validates after every epoch.
    pub validate_every_steps: u64,
    /// Validation playlists that are looked at, drawn with the seed; default 500.
    /// Too few: the best state and the weight of the blend are chosen by chance.
    pub validation_playlists: usize,
    /// Wall-clock seconds after which training stops; default 0, no limit. A run that this ends is not repeatable to the
    /// bit, and its metrics say so; one that ends before it is.
    pub max_seconds: u64,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 3,
            batch_size: 32,
            patience: 2,
            validate_every_steps: 0,
            validation_playlists: 500,
            max_seconds: 0,
        }
    }
}

impl TrainingConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("training.epochs", self.epochs, 0, 100_000)?;
        check_range("training.batch_size", self.batch_size, 0, 65_536)?;
        check_range("training.patience", self.patience, 0, u32::MAX)?;
        check_range("training.validation_playlists", self.validation_playlists, 1, 1_000_000)
    }
}
