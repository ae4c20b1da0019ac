//! What the network is trained to do: name the next track among all tracks, or among enough others.
//!
//! Cross-entropy over the whole vocabulary is exact but costs `positions · items · dimension` a step, which is seconds on
//! a processor from some ten thousand tracks on. Above [`crate::config::LossConfig::full_softmax_max_items`] the other
//! tracks are a random sample, drawn once for all positions of a batch. Generalised binary cross-entropy always samples.

mod full_softmax;
mod gbce;
mod negative_sampler;
mod negatives;
mod objective;
mod sampled_softmax;
mod shared_negatives;
mod with_gradients;

pub use full_softmax::full_softmax;
pub use negative_sampler::NegativeSampler;
pub use negatives::Negatives;
pub use objective::Objective;
pub use sampled_softmax::sampled_softmax;
pub use with_gradients::Loss;
