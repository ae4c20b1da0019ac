//! How training went.

use serde::{Deserialize, Serialize};

use super::StopReason;

/// How training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Passes over the playlists, the last one possibly cut short.
    pub epochs: u32,
    /// Optimiser steps.
    pub steps: u64,
    /// Wall-clock seconds of the training loop, validations included.
    pub seconds: f64,
    /// Why it ended.
    pub stopped_by: StopReason,
    /// What it was trained to do: `full_softmax` or `sampled_softmax`.
    pub objective: String,
    /// NDCG on the validation playlists of the state that was kept.
    pub best_validation: f64,
    /// Step after which that state was reached.
    pub best_step: u64,
    /// All validations in order.
    pub history: Vec<ValidationPoint>,
}

/// What was known at one validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValidationPoint {
    /// Pass, from 1.
    pub epoch: u32,
    /// Optimiser step.
    pub step: u64,
    /// Mean training loss since the validation before.
    pub loss: f64,
    /// NDCG on the validation playlists, over as many places as the protocol has it.
    pub validation: f64,
}
