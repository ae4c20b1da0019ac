//! What is minimised.

use serde::{Deserialize, Serialize};

/// What the loss is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveKind {
    /// Cross-entropy over all tracks or over a sample, as [`super::LossConfig::full_softmax_max_items`] has it.
    Softmax,
    /// Generalised binary cross-entropy over a uniform sample, whatever the size of the vocabulary (Petrov & Macdonald
    /// 2023, arXiv 2308.07192).
    Gbce,
}
