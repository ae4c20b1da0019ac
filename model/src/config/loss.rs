//! What the network is trained to do.

use serde::{Deserialize, Serialize};

use super::{ObjectiveKind, SamplerKind, model::check_range};
use crate::{Error, Result};

/// Settings of the loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LossConfig {
    /// What is minimised; default `softmax`.
    pub objective: ObjectiveKind,
    /// Largest vocabulary that is trained with the exact softmax; default 2,000. Above it the softmax is sampled.
    /// Too high: a step takes seconds.
    pub full_softmax_max_items: usize,
    /// Negatives of a batch, shared by all its positions; default 1,024, from 1 to 65,536.
    /// Too few: the loss says little of the many tracks that are not drawn; more cost time in proportion.
    pub negatives: usize,
    /// Where negatives come from; default `popularity`.
    pub sampler: SamplerKind,
    /// Whether the logits of negatives are corrected by the logarithm of their expected count; default true.
    /// Without it, negatives by popularity teach the network to avoid what is popular.
    pub log_q: bool,
    /// How far gBCE corrects for its few negatives, t in its paper: 0 not at all, 1 all the way; default 0.75.
    pub calibration: f64,
    /// Targets are drawn from this many tracks after each position; default 1 is the very next track.
    /// More blurs the order and teaches what belongs together.
    pub lookahead: usize,
}

impl Default for LossConfig {
    fn default() -> Self {
        Self {
            objective: ObjectiveKind::Softmax,
            calibration: 0.75,
            full_softmax_max_items: 2_000,
            negatives: 1_024,
            sampler: SamplerKind::Popularity,
            log_q: true,
            lookahead: 1,
        }
    }
}

impl LossConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("loss.negatives", self.negatives, 1, 65_536)?;
        check_range("loss.calibration", self.calibration, 0.0, 1.0)?;
        if self.objective == ObjectiveKind::Gbce && self.sampler != SamplerKind::Uniform {
            return Err(Error::setting(
                "loss.sampler",
                "gbce is defined for negatives that are drawn uniformly".to_owned(),
            ));
        }
        check_range("loss.lookahead", self.lookahead, 1, 250)
    }
}
