//! The `artefact.json` of a model.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{FileRecord, Model, ModelId};
use crate::versions;

/// Formats of the files that can be read; another number is refused. In the last one the blend may have a share of a
/// factorisation, which older programs would leave out without a word; a model without it is written as the one before.
pub const ARTEFACT_FORMATS: RangeInclusive<u64> = 2..=3;

/// What a model consists of and where it comes from. It is written last, and makes the model exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the files.
    pub format_version: u64,
    /// Name of the model.
    pub model_id: ModelId,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// SHA-256 over the addresses of the vocabulary in order.
    pub vocabulary_sha256: String,
    /// Number of tracks that it knows.
    pub vocabulary_items: usize,
    /// Size and hash of each other file.
    pub files: BTreeMap<String, FileRecord>,
    /// Version of Segue.
    pub segue_version: String,
    /// Revision of the source of the program that made it, where that is known.
    #[serde(default)]
    pub revision: Option<String>,
    /// Version of the `tch` bindings.
    pub tch_version: String,
    /// Version of libtorch.
    pub libtorch_version: String,
    /// Version of each lake table that it was made from.
    pub data_versions: BTreeMap<String, u64>,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Manifest {
    /// Describes a model and its files.
    pub fn new(model_id: ModelId, model: &Model, files: BTreeMap<String, FileRecord>) -> Self {
        Self {
            format_version: if model.als.is_some() { *ARTEFACT_FORMATS.end() } else { *ARTEFACT_FORMATS.start() },
            model_id,
            created_at_ms: model_id.created_at_ms(),
            vocabulary_sha256: model.vocabulary.hash(),
            vocabulary_items: model.vocabulary.len(),
            files,
            segue_version: versions::SEGUE.to_owned(),
            revision: versions::REVISION.map(str::to_owned),
            tch_version: versions::TCH.to_owned(),
            libtorch_version: versions::LIBTORCH.to_owned(),
            data_versions: model.data_versions.clone(),
            seed: model.config.seed,
        }
    }
}

/// The one field that every format has.
#[derive(Debug, Deserialize)]
pub(super) struct ManifestFormat {
    pub(super) format_version: u64,
}
