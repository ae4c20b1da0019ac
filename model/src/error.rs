//! What can go wrong here, named by what the caller can do about it.

use crate::artefact::ModelId;

/// Result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure of training, prediction, or of loading a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The lake, or one of its tables, could not be opened, read or written.
    #[error("cannot {action} `{target}`")]
    Lake {
        /// What was being done, as a verb.
        action: &'static str,
        /// The lake's address or the table's name.
        target: String,
        /// The cause.
        #[source]
        source: Box<lake::Error>,
    },
    /// A file of a model could not be read or written.
    #[error("cannot {action} `{path}`")]
    ObjectStore {
        /// What was being done, as a verb.
        action: &'static str,
        /// Path in the lake's object store.
        path: String,
        /// The cause.
        #[source]
        source: Box<object_store::Error>,
    },
    /// A column does not hold what it should.
    #[error(
        "table `{table}`, column `{column}`: expected {expected}, found {found}; run the step that writes it again"
    )]
    Column {
        /// The table, or the file of a model.
        table: String,
        /// The column.
        column: String,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A table is there but does not hold enough to go on.
    #[error("table `{table}` {problem}")]
    Data {
        /// The table.
        table: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A table was made from another version of a table than the one that is current, so the two do not fit.
    #[error(
        "table `{table}` was made from version {made_from} of `{input}`, but version {current} is current, and their \
         track ids do not fit; run the step `{table}` again"
    )]
    Outdated {
        /// The table.
        table: &'static str,
        /// The table that it was made from.
        input: &'static str,
        /// The version that it was made from.
        made_from: u64,
        /// The version that is current.
        current: u64,
    },
    /// A file of a model does not parse.
    #[error("file `{file}` of the model cannot be {action}")]
    Format {
        /// The file.
        file: String,
        /// What was being done with it, as a participle.
        action: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No model with this id is complete.
    #[error("the lake at `{lake}` has no model `{id}`; `segue-model models` lists those that it has")]
    NoSuchModel {
        /// The lake.
        lake: String,
        /// The id asked for.
        id: String,
    },
    /// The lake holds no complete model at all.
    #[error("the lake at `{lake}` has no model yet; train one with `segue-model train --lake {lake}`")]
    NoModels {
        /// The lake.
        lake: String,
    },
    /// The model was written in a format of another version of Segue.
    #[error(
        "model `{id}` has artefact format {found}, this segue-model reads formats up to {expected}; train it again, or read it with a newer one"
    )]
    FormatVersion {
        /// The model.
        id: ModelId,
        /// Its format.
        found: u64,
        /// The format that this build reads.
        expected: u64,
    },
    /// A file of the model is not the one that was written with it.
    #[error(
        "file `{file}` of model `{id}` is damaged or was replaced: expected {expected}, found {found}; train it again"
    )]
    Damaged {
        /// The model.
        id: ModelId,
        /// The file.
        file: String,
        /// Size and hash on record.
        expected: String,
        /// Size and hash found.
        found: String,
    },
    /// The vocabulary is not the one that the weights were trained with.
    #[error(
        "the vocabulary of model `{id}` does not fit its weights: expected hash {expected}, found {found}; train it again"
    )]
    VocabularyMismatch {
        /// The model.
        id: ModelId,
        /// Hash on record.
        expected: String,
        /// Hash of the vocabulary found.
        found: String,
    },
    /// A tensor is missing, of another shape, or left over.
    #[error(
        "weights: tensor `{tensor}` should be {expected}, found {found}; the configuration and the weights do not fit"
    )]
    TensorMismatch {
        /// Name of the tensor.
        tensor: String,
        /// Shape and kind expected.
        expected: String,
        /// Shape and kind found.
        found: String,
    },
    /// A setting cannot be used.
    #[error("setting `{field}`: {problem}")]
    Configuration {
        /// The setting, with its section.
        field: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The configuration file cannot be read.
    #[error("cannot read configuration file `{path}`")]
    ConfigurationFile {
        /// The file.
        path: String,
        /// The cause, with line and column where it is known.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What the user named is not a track.
    #[error(
        "`{text}` is not a track: use its URI, such as spotify:track:<22 characters> or item:42, or \
         https://open.spotify.com/track/<id>"
    )]
    InvalidTrack {
        /// The text as given.
        text: String,
    },
    /// None of the named tracks is known, and there is no title to go by.
    #[error("{named} track(s) named, none of which the model knows ({examples}); name others, or give a --title")]
    NothingKnown {
        /// How many tracks were named.
        named: usize,
        /// The first of them.
        examples: String,
    },
    /// The challenge set cannot be read.
    #[error("cannot read the challenge set `{path}`")]
    ChallengeSet {
        /// The file.
        path: String,
        /// The cause, with line and column where it is known.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A checkpoint could not be read, written or removed.
    #[error("cannot {action} the checkpoint `{path}`")]
    Checkpoint {
        /// What was being done, as a verb.
        action: &'static str,
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The checkpoint was left by a run with other data or settings.
    #[error(
        "the checkpoint `{path}` is of a run with other data, settings or seed; remove it, or name another file, to \
         start anew"
    )]
    OtherCheckpoint {
        /// The file.
        path: String,
    },
    /// The loss or a score stopped being a number.
    #[error("{what} is not finite at step {step}; lower `optimiser.learning_rate` or `optimiser.clip_norm`")]
    Diverged {
        /// What is not finite.
        what: &'static str,
        /// Optimiser step, from 1.
        step: u64,
    },
    /// A score is not a number.
    #[error("recommender `{recommender}` gave a score that is not a number; train the model again")]
    NotANumber {
        /// The recommender.
        recommender: &'static str,
    },
    /// libtorch refused an operation; its own message names the operation and the shapes.
    #[error("libtorch refused an operation")]
    Torch(#[from] tch::TchError),
    /// The threads that wait for storage cannot be started.
    #[error("cannot start the threads that wait for storage")]
    Runtime(#[source] std::io::Error),
    /// A model cannot be exported.
    #[error("cannot export to `{path}`")]
    Export {
        /// The folder or the file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The table of attributes cannot be read.
    #[error("attributes `{path}`: {problem}")]
    Attributes {
        /// The file.
        path: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A file that was asked for cannot be written.
    #[error("cannot write `{path}`; name a file in a folder that exists and may be written to")]
    OutputFile {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Standard output or error cannot be written.
    #[error("cannot write to {stream}")]
    Output {
        /// The stream.
        stream: &'static str,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Whether nobody reads standard output any more, which is no failure: whoever did has seen enough.
    pub fn is_closed_output(&self) -> bool {
        matches!(self, Self::Output { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// Exit status of the process, after `sysexits.h`: 65 for bad data, 78 for configuration, 2 for usage, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::InvalidTrack { .. } => 2,
            Self::Column { .. }
            | Self::Data { .. }
            | Self::Outdated { .. }
            | Self::Format { .. }
            | Self::ChallengeSet { .. }
            | Self::FormatVersion { .. }
            | Self::Damaged { .. }
            | Self::VocabularyMismatch { .. }
            | Self::Attributes { .. }
            | Self::TensorMismatch { .. } => 65,
            Self::Lake { source, .. } => match **source {
                lake::Error::InvalidUrl { .. }
                | lake::Error::FormatVersion { .. }
                | lake::Error::NoSuchTable { .. } => 78,
                lake::Error::NoSuchColumn { .. } | lake::Error::InvalidMetadata { .. } => 65,
                _ => 1,
            },
            // Without a model, as without a table, an earlier step is to be run first.
            Self::Configuration { .. }
            | Self::ConfigurationFile { .. }
            | Self::OtherCheckpoint { .. }
            | Self::NoModels { .. } => 78,
            Self::ObjectStore { .. }
            | Self::NoSuchModel { .. }
            | Self::NothingKnown { .. }
            | Self::Checkpoint { .. }
            | Self::Diverged { .. }
            | Self::NotANumber { .. }
            | Self::Torch(_)
            | Self::Runtime(_)
            | Self::Export { .. }
            | Self::OutputFile { .. }
            | Self::Output { .. } => 1,
        }
    }

    pub(crate) fn lake(action: &'static str, target: impl Into<String>) -> impl FnOnce(lake::Error) -> Self {
        let target = target.into();
        move |source| Self::Lake { action, target, source: Box::new(source) }
    }

    pub(crate) fn store(
        action: &'static str,
        path: &object_store::path::Path,
    ) -> impl FnOnce(object_store::Error) -> Self {
        let path = path.to_string();
        move |source| Self::ObjectStore { action, path, source: Box::new(source) }
    }

    pub(crate) fn format<E>(action: &'static str, file: &str) -> impl FnOnce(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let file = file.to_owned();
        move |source| Self::Format { file, action, source: Box::new(source) }
    }

    pub(crate) fn setting(field: &str, problem: impl Into<String>) -> Self {
        Self::Configuration { field: field.to_owned(), problem: problem.into() }
    }
}
