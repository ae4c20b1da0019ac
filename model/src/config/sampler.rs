//! Where negatives come from.

use serde::{Deserialize, Serialize};

/// Distribution that negatives are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SamplerKind {
    /// Every track alike.
    Uniform,
    /// In proportion to popularity^0.75.
    Popularity,
}
