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

    /// Mean loss over positions: `contexts` are `[n, dimension]`, `embeddings` and `bias` the rows that this step has at
    /// hand, `targets` (n) and the items of `negatives` places among them.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if shapes do not fit.
    pub fn value(
        &self,
        contexts: &Tensor,
        (embeddings, bias): (&Tensor, &Tensor),
        targets: &[i64],
        negatives: &Negatives,
    ) -> Result<Loss> {
        let on_device =
            |places: &[i64]| -> Result<Tensor> { Ok(Tensor::f_from_slice(places)?.f_to_device(contexts.device())?) };
        match self {
            Self::Full { items } => {
                // The start mark is the last row and no possible answer.
                let (weights, bias) = (embeddings.f_narrow(0, 0, *items)?, bias.f_narrow(0, 0, *items)?);
                Ok(Loss::derived(full_softmax(contexts, &weights, &bias, &on_device(targets)?)?))
            }
            Self::Sampled(_) => {
                let corrections = Tensor::f_from_slice(&negatives.corrections)?.f_to_device(contexts.device())?;
                sampled_softmax(contexts, embeddings, bias, targets, &negatives.items, &corrections)
            }
            Self::Gbce { beta, .. } => {
                let (targets, places) = (on_device(targets)?, on_device(&negatives.items)?);
                let logits = SharedLogits::compute(contexts, embeddings, bias, &targets, &places, None)?;
                Ok(Loss::derived(gbce(&logits, *beta)?))
            }
        }
    }
}
