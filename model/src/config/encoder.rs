//! Which network reads the sequence.

use serde::{Deserialize, Serialize};

/// The part of the network that turns a sequence of tracks into a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncoderKind {
    /// Causal transformer: sees all positions at once, so that a step is a few large matrix products.
    Transformer,
    /// The same with gates on what each half of a block adds, and gated units within; about half as much work again.
    GatedTransformer,
    /// Gated recurrent unit: one small product after another, position by position.
    Gru,
}
