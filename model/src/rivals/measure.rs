//! What makes two items neighbours.

use serde::{Deserialize, Serialize};

/// What makes two items neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeighbourMeasure {
    /// `c_ij / (c_i · c_j)^0.5`, with the number of playlists that hold both, or one.
    Cosine,
    /// `c_ij / (c_i · c_j)^0.3`: like the cosine, but a pair must have been seen more than once to come first.
    Supported,
    /// `n_ij / (c_i · c_j)^0.3`, where j follows i: `n_ij` is the sum of one over the distance wherever j stands at most
    /// five places behind i.
    Next,
    /// Like `Next`, and each playlist that holds both adds 0.3 to `n_ij`, whatever their order and distance.
    Around,
}

impl NeighbourMeasure {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Cosine, Self::Supported, Self::Next, Self::Around];

    /// Places behind an item at which another is one of those that follow it.
    pub(super) const WINDOW: usize = 5;

    /// Exponent of the popularities in the denominator.
    pub(super) fn exponent(self) -> f32 {
        match self {
            Self::Cosine => 0.5,
            Self::Supported | Self::Next | Self::Around => 0.3,
        }
    }

    /// What a playlist that holds both adds.
    pub(super) fn together(self) -> f32 {
        match self {
            Self::Cosine | Self::Supported => 1.0,
            Self::Next => 0.0,
            Self::Around => 0.3,
        }
    }

    /// Whether a track that follows closely adds one over the distance.
    pub(super) fn sees_order(self) -> bool {
        matches!(self, Self::Next | Self::Around)
    }
}
