//! Chooses how much popular seeds count for less.

use serde::{Deserialize, Serialize};

use super::{ItemKnn, Neighbours};
use crate::{
    Result,
    evaluation::{EvaluationSet, mean_ndcg},
};

/// The damping that did best on the validation playlists, and all that were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DampingChoice {
    /// Exponent β of [`ItemKnn`].
    pub damping: f64,
    /// NDCG@500 of it on the validation playlists.
    pub validation: f64,
    /// All dampings in the order of the settings.
    pub tried: Vec<TriedDamping>,
}

/// One damping and what it achieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriedDamping {
    /// Exponent.
    pub damping: f64,
    /// NDCG@500 on the validation playlists.
    pub validation: f64,
}

/// Tries dampings on the validation playlists and takes the one with the best NDCG@500; of equal ones the first. A rival
/// that was not tuned would be no rival.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short.
pub fn choose_damping(
    neighbours: &Neighbours,
    counts: &[u32],
    set: &EvaluationSet<'_>,
    dampings: &[f64],
) -> Result<DampingChoice> {
    let mut choice = DampingChoice { damping: 0.0, validation: f64::NEG_INFINITY, tried: Vec::new() };
    for &damping in dampings {
        let validation = mean_ndcg(&ItemKnn::new(neighbours, counts, damping), set)?;
        choice.tried.push(TriedDamping { damping, validation });
        if validation > choice.validation {
            (choice.damping, choice.validation) = (damping, validation);
        }
    }
    Ok(choice)
}
