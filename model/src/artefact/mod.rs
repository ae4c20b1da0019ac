//! A trained model as files in the lake.
//!
//! ```text
//! models/<model_id>/model.safetensors      weights by name
//! models/<model_id>/vocabulary.parquet     one row per item, in order
//! models/<model_id>/cooccurrence.parquet   nearest neighbours, by item
//! models/<model_id>/titles.parquet         tracks of titles and of their words
//! models/<model_id>/config.json            settings, size of the vocabulary, weight of the blend
//! models/<model_id>/metrics.json           everything measured
//! models/<model_id>/artefact.json          last of all: formats, versions, sizes and hashes of the others
//! ```
//!
//! A model without `artefact.json` does not exist: a training run that dies half-way leaves nothing that can be loaded.
//! Loading checks the format, the hash of every file, that the vocabulary is the one of the weights, and the name, kind
//! and shape of every tensor.

mod description;
mod export;
mod factors_file;
mod file_record;
mod manifest;
mod model;
mod model_id;
mod model_selector;
mod neighbours_file;
mod parquet_bytes;
mod recommenders;
mod store;
mod titles_file;
mod vocabulary_file;
pub(crate) mod weights_file;

pub use description::Description;
pub use export::export;
pub use file_record::FileRecord;
pub use manifest::{ARTEFACT_FORMATS, Manifest};
pub use model::Model;
pub use model_id::ModelId;
pub use model_selector::ModelSelector;
pub use recommenders::Recommenders;
pub use store::{list, load, metrics, resolve, save};
