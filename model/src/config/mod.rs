//! Settings of a training run: one struct per concern, read from a TOML file, checked once, stored with the model.
//!
//! Precedence: command line, then the file, then the defaults that stand at each field.

mod als;
mod attributes;
mod blend;
mod encoder;
mod evaluation;
mod fitting;
mod knn;
mod loss;
mod model;
mod network;
mod objective;
mod optimiser;
mod playlist_knn;
mod sampler;
mod title;
mod training;
mod vocabulary;

pub use als::AlsConfig;
pub use attributes::AttributesConfig;
pub use blend::BlendConfig;
pub use encoder::EncoderKind;
pub use evaluation::EvaluationConfig;
pub use fitting::DataShape;
pub use knn::KnnConfig;
pub use loss::LossConfig;
pub use model::ModelConfig;
pub use network::NetworkConfig;
pub use objective::ObjectiveKind;
pub use optimiser::OptimiserConfig;
pub use playlist_knn::PlaylistKnnConfig;
pub use sampler::SamplerKind;
pub use title::TitleConfig;
pub use training::TrainingConfig;
pub use vocabulary::VocabularyConfig;
