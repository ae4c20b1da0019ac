//! Shape of the network.

use serde::{Deserialize, Serialize};

use super::{EncoderKind, model::check_range};
use crate::{Error, Result};

/// Settings of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// What reads the sequence; default `transformer`.
    pub encoder: EncoderKind,
    /// Width of the embeddings and of the context; default 64, from 1 to 1,024.
    /// Too low: unlike tracks share a direction; too high: slow, and the weights learn the playlists by heart.
    pub dimension: u32,
    /// Transformer blocks, or layers of the recurrent unit; default 1, from 1 to 8. 0 leaves it open: 2 for dense data.
    pub blocks: u32,
    /// Attention heads of a transformer block; default 2, must divide `dimension`.
    pub heads: u32,
    /// Share of values that are dropped while training; default 0.1, from 0 to 0.9. None leaves it open: 0.4, or 0.2 for
    /// dense data.
    pub dropout: Option<f64>,
    /// Last tracks of a playlist that the network reads; default 50, from 2 to 512. Longer playlists are trained on in
    /// pieces of this length. 0 leaves it open: twice as many as the median list has, from 50 to 200.
    pub max_length: usize,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            encoder: EncoderKind::Transformer,
            dimension: 64,
            blocks: 1,
            heads: 2,
            dropout: Some(0.1),
            max_length: 50,
        }
    }
}

impl NetworkConfig {
    /// Share of values that are dropped while training; none where it is still open.
    pub fn dropout_share(&self) -> f64 {
        self.dropout.unwrap_or(0.0)
    }

    pub(super) fn validate(&self) -> Result<()> {
        check_range("network.dimension", self.dimension, 1, 1024)?;
        check_range("network.blocks", self.blocks, 0, 8)?;
        check_range("network.heads", self.heads, 1, self.dimension)?;
        check_range("network.dropout", self.dropout_share(), 0.0, 0.9)?;
        if self.max_length != 0 {
            check_range("network.max_length", self.max_length, 2, 512)?;
        }
        if !self.dimension.is_multiple_of(self.heads) {
            let problem = format!("{} does not divide network.dimension = {}", self.heads, self.dimension);
            return Err(Error::setting("network.heads", problem));
        }
        Ok(())
    }
}
