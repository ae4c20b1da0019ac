//! Chooses between the losses.

use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use super::{
    Loss, NegativeSampler, Negatives, full_softmax,
    gbce::{beta, gbce},
    sampled_softmax,
    shared_negatives::SharedLogits,
};
use crate::{
    Result,
    config::{LossConfig, ObjectiveKind},
    network::ItemRows,
};

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
    /// Generalised binary cross-entropy over the target and a sample.
    Gbce {
        /// Draws uniformly.
        sampler: NegativeSampler,
        /// Exponent of the target's probability.
        beta: f64,
    },
}

impl Objective {
    /// Chooses by the settings and by the number of items, which is the number of counts.
    pub fn new(counts: &[u32], config: &LossConfig) -> Self {
        if config.objective == ObjectiveKind::Gbce {
            let beta = beta(config.negatives, counts.len(), config.calibration);
            Self::Gbce { sampler: NegativeSampler::new(counts, config), beta }
        } else if counts.len() <= config.full_softmax_max_items {
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
            Self::Gbce { .. } => "gbce",
        }
    }

    /// Draws what the targets of one batch are held against: everything, or a sample.
    pub fn draw(&self, random: &mut ChaCha8Rng) -> Negatives {
        match self {
            Self::Full { items } => Negatives { items: (0..*items).collect(), corrections: Vec::new() },
            Self::Sampled(sampler) | Self::Gbce { sampler, .. } => sampler.draw(random),
        }
    }

    /// Mean loss over positions: `contexts` are `[n, dimension]`, `targets` (`[n]`) are items.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn value(&self, contexts: &Tensor, rows: &ItemRows, targets: &[i64], negatives: &Negatives) -> Result<Loss> {
        match self {
            Self::Full { items } => {
                // The start mark is the last row and no possible answer.
                let (weights, bias) = (rows.embeddings.f_narrow(0, 0, *items)?, rows.bias.f_narrow(0, 0, *items)?);
                Ok(Loss::derived(full_softmax(contexts, &weights, &bias, &rows.places(targets)?)?))
            }
            Self::Sampled(_) => {
                let (targets, negative_places) = (rows.find(targets), rows.find(&negatives.items));
                let corrections = Tensor::f_from_slice(&negatives.corrections)?.f_to_device(contexts.device())?;
                sampled_softmax(contexts, &rows.embeddings, &rows.bias, &targets, &negative_places, &corrections)
            }
            Self::Gbce { beta, .. } => {
                let places = rows.places(&negatives.items)?;
                let targets = rows.places(targets)?;
                let logits = SharedLogits::compute(contexts, &rows.embeddings, &rows.bias, &targets, &places, None)?;
                Ok(Loss::derived(gbce(&logits, *beta)?))
            }
        }
    }
}
