//! The recommender that is shipped: neighbours, network and, where there is one, a factorisation, mixed by weights that the
//! validation playlists chose.
//!
//! Sums of cosines, logits and products of factors have nothing in common, so each is brought to mean 0 and deviation 1
//! over the vocabulary, playlist by playlist, before
//! `(1 − share) · (weight · neighbours + (1 − weight) · network) + share · factorisation`.

mod choice;
mod factors;
mod mixture;
mod search;

pub use choice::{BlendChoice, ShareChoice, TriedWeight};
pub use mixture::Blend;
pub use search::{choose_share, choose_weight};
