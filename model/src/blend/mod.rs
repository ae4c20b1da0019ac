//! The recommender that is shipped: neighbours and network, mixed by a weight that the validation playlists chose.
//!
//! Sums of cosines and logits have nothing in common, so each is brought to mean 0 and deviation 1 over the vocabulary,
//! playlist by playlist, before `weight · neighbours + (1 − weight) · network`.

mod choice;
mod mixture;
mod search;

pub use choice::{BlendChoice, TriedWeight};
pub use mixture::Blend;
pub use search::choose_weight;
