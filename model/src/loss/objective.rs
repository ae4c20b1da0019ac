//! Chooses between exact and sampled softmax.

use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use super::{NegativeSampler, Negatives, full_softmax, sampled_softmax};
use crate::{Result, config::LossConfig, network::ItemRows};

/// What the network is trained to do, chosen once by the size of the vocabulary.
#[derive(Debug)]
pub enum Objective {
    /// Cross-entropy over all items.
    Full {
        /// Number of items.
        items: i64,
    },
    /// Cross-entropy over the target and a sample.
    Sampled(NegativeSampler),
}

impl Objective {
    /// Chooses by the number of items, which is the number of counts.
    pub fn new(counts: &[u32], config: &LossConfig) -> Self {
        if counts.len() <= config.full_softmax_max_items {
            Self::Full { items: i64::try_from(counts.len()).unwrap_or(i64::MAX) }
        } else {
            Self::Sampled(NegativeSampler::new(counts, config))
        }
    }

    /// Short name for reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full { .. } => "full_softmax",
            Self::Sampled(_) => "sampled_softmax",
        }
    }

    /// Draws what the targets of one batch are held against: everything, or a sample.
    pub fn draw(&self, random: &mut ChaCha8Rng) -> Negatives {
        match self {
            Self::Full { items } => Negatives { items: (0..*items).collect(), corrections: Vec::new() },
            Self::Sampled(sampler) => sampler.draw(random),
        }
    }

    /// Mean loss over positions: `contexts` are `[n, dimension]`, `targets` (`[n]`) are items.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn value(&self, contexts: &Tensor, rows: &ItemRows, targets: &[i64], negatives: &Negatives) -> Result<Tensor> {
        let targets = rows.places(targets)?;
        match self {
            Self::Full { items } => {
                // The start mark is the last row and no possible answer.
                let (weights, bias) = (rows.weights.f_narrow(0, 0, *items)?, rows.bias.f_narrow(0, 0, *items)?);
                full_softmax(contexts, &weights, &bias, &targets)
            }
            Self::Sampled(_) => {
                let places = rows.places(&negatives.items)?;
                let corrections = Tensor::f_from_slice(&negatives.corrections)?.f_to_device(places.device())?;
                sampled_softmax(contexts, &rows.weights, &rows.bias, &targets, &places, &corrections)
            }
        }
    }
}
