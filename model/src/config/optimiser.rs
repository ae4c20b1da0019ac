//! How the weights move.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of Adam (Kingma & Ba 2015, arXiv 1412.6980) and of its learning-rate schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptimiserConfig {
    /// Step size after the warm-up; default 0.002. Too low: nothing is learnt in the time; too high: the loss diverges.
    pub learning_rate: f64,
    /// Steps over which the step size rises from zero; default 50.
    pub warmup_steps: u32,
    /// Share of the step size that is left at the last planned step, reached along a line; default 0.1.
    pub final_fraction: f64,
    /// Decay of the mean of gradients; default 0.9.
    pub beta1: f64,
    /// Decay of the mean of squared gradients; default 0.98.
    pub beta2: f64,
    /// Added to the root of the mean of squares; default 1e-8.
    pub epsilon: f64,
    /// Gradients are scaled down to this norm over all weights together; default 5.
    pub clip_norm: f64,
}

impl Default for OptimiserConfig {
    fn default() -> Self {
        Self {
            learning_rate: 0.002,
            warmup_steps: 50,
            final_fraction: 0.1,
            beta1: 0.9,
            beta2: 0.98,
            epsilon: 1e-8,
            clip_norm: 5.0,
        }
    }
}

impl OptimiserConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("optimiser.learning_rate", self.learning_rate, 1e-9, 10.0)?;
        check_range("optimiser.final_fraction", self.final_fraction, 0.0, 1.0)?;
        check_range("optimiser.beta1", self.beta1, 0.0, 0.9999)?;
        check_range("optimiser.beta2", self.beta2, 0.0, 0.99999)?;
        check_range("optimiser.epsilon", self.epsilon, 1e-16, 1.0)?;
        check_range("optimiser.clip_norm", self.clip_norm, 1e-6, 1e9)
    }
}
