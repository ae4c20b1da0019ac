//! All settings together.

use std::{fmt::Display, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    AlsConfig, AttributesConfig, BlendConfig, EvaluationConfig, KnnConfig, LossConfig, NetworkConfig, OptimiserConfig,
    PlaylistKnnConfig, TitleConfig, TrainingConfig, VocabularyConfig,
};
use crate::{Error, Result, evaluation::Protocol};

/// Settings of a training run, as they stand in the TOML file and in the model's `config.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// Seed of every random choice: weights, dropout, order of playlists, negatives, samples of playlists. Default 42.
    pub seed: u64,
    /// Which tracks the model knows.
    pub vocabulary: VocabularyConfig,
    /// What is known of tracks beside their address.
    pub attributes: AttributesConfig,
    /// Shape of the network.
    pub network: NetworkConfig,
    /// What the network is trained to do.
    pub loss: LossConfig,
    /// How its weights move.
    pub optimiser: OptimiserConfig,
    /// How long, on what, and when to stop.
    pub training: TrainingConfig,
    /// The nearest-neighbour rival.
    pub knn: KnnConfig,
    /// The rival that looks for playlists that are alike.
    pub playlist_knn: PlaylistKnnConfig,
    /// The matrix-factorisation rival.
    pub als: AlsConfig,
    /// Recommendation from a title alone.
    pub title: TitleConfig,
    /// How network and neighbours are mixed.
    pub blend: BlendConfig,
    /// How recommenders are judged.
    pub evaluation: EvaluationConfig,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            seed: 42,
            vocabulary: VocabularyConfig::default(),
            attributes: AttributesConfig::default(),
            network: NetworkConfig::default(),
            loss: LossConfig::default(),
            optimiser: OptimiserConfig::default(),
            training: TrainingConfig::default(),
            knn: KnnConfig::default(),
            playlist_knn: PlaylistKnnConfig::default(),
            als: AlsConfig::default(),
            title: TitleConfig::default(),
            blend: BlendConfig::default(),
            evaluation: EvaluationConfig::default(),
        }
    }
}

impl ModelConfig {
    /// Reads and checks a TOML file; what it leaves out keeps its default.
    ///
    /// # Errors
    /// [`Error::ConfigurationFile`] if the file cannot be read or has unknown or ill-typed settings,
    /// [`Error::Configuration`] if a value is out of range.
    pub fn from_file(path: &Path) -> Result<Self> {
        Self::for_protocol(Protocol::Continuation, Some(path))
    }

    /// Reads and checks settings in TOML; `origin` says in errors where they are from.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub(crate) fn from_text(text: &str, origin: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)
            .map_err(|source| Error::ConfigurationFile { path: origin.to_owned(), source: Box::new(source) })?;
        config.validate()?;
        Ok(config)
    }

    /// Settings for a protocol: its defaults, and over them those of a TOML file.
    ///
    /// The defaults for leave-one-out know every item, and leave open what follows from the size of the set, see
    /// [`Self::fitted_to`].
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn for_protocol(protocol: Protocol, path: Option<&Path>) -> Result<Self> {
        let mut table = match protocol {
            Protocol::Continuation => toml::Table::new(),
            Protocol::LeaveOneOut => leave_one_out()?,
        };
        let shown = path.map_or_else(|| "defaults".to_owned(), |path| path.display().to_string());
        let unreadable = |source| Error::ConfigurationFile { path: shown.clone(), source };
        if let Some(path) = path {
            let text = std::fs::read_to_string(path).map_err(|source| unreadable(Box::new(source)))?;
            // Alone the text says where in it something is wrong; below, over the defaults, it has no lines any more.
            toml::from_str::<Self>(&text).map_err(|source| unreadable(Box::new(source)))?;
            overlay(&mut table, toml::from_str(&text).map_err(|source| unreadable(Box::new(source)))?);
        }
        let decided = table.get("network").is_some_and(|network| network.get("dropout").is_some());
        let mut config: Self = table.try_into().map_err(|source: toml::de::Error| unreadable(Box::new(source)))?;
        if protocol == Protocol::LeaveOneOut && !decided {
            // TOML has no word for what is left open.
            config.network.dropout = None;
        }
        config.validate()?;
        Ok(config)
    }

    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::Configuration`] naming the first setting that cannot be used.
    pub fn validate(&self) -> Result<()> {
        self.vocabulary.validate()?;
        self.attributes.validate()?;
        self.network.validate()?;
        self.loss.validate()?;
        self.optimiser.validate()?;
        self.training.validate()?;
        self.knn.validate()?;
        self.playlist_knn.validate()?;
        self.als.validate()?;
        self.title.validate()?;
        self.blend.validate()?;
        self.evaluation.validate()
    }
}

fn leave_one_out() -> Result<toml::Table> {
    let path = "leave_one_out.toml";
    toml::from_str(include_str!("leave_one_out.toml"))
        .map_err(|source| Error::ConfigurationFile { path: path.to_owned(), source: Box::new(source) })
}

/// Puts settings in the place of others; sections are gone through setting by setting.
fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(base)), toml::Value::Table(over)) => overlay(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Refuses a value outside a closed range.
pub(super) fn check_range<T: PartialOrd + Display>(field: &str, value: T, low: T, high: T) -> Result<()> {
    if value >= low && value <= high {
        return Ok(());
    }
    Err(Error::setting(field, format!("{value} is out of range, expected {low} to {high}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        ModelConfig::default().validate().unwrap();
    }

    #[test]
    fn file_overrides_only_what_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.toml");
        std::fs::write(&path, "seed = 7\n[network]\nencoder = \"gru\"\ndimension = 32\n").unwrap();
        let config = ModelConfig::from_file(&path).unwrap();
        let mut expected = ModelConfig { seed: 7, ..ModelConfig::default() };
        expected.network.encoder = super::super::EncoderKind::Gru;
        expected.network.dimension = 32;
        assert_eq!(config, expected);
    }

    #[test]
    fn protocols_have_defaults_of_their_own() {
        let config = ModelConfig::for_protocol(Protocol::LeaveOneOut, None).unwrap();
        assert_eq!(config.vocabulary.min_count, 1);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.toml");
        std::fs::write(&path, "[vocabulary]\nmin_count = 3\n[network]\nblocks = 2\n").unwrap();
        let over = ModelConfig::for_protocol(Protocol::LeaveOneOut, Some(&path)).unwrap();
        assert_eq!((over.vocabulary.min_count, over.network.blocks), (3, 2));
        assert_eq!(over.training, config.training);
    }

    #[test]
    fn unusable_settings_are_named() {
        check("[network]\ndimension = 0\n", "`network.dimension`");
        check("[network]\nheads = 3\n", "`network.heads`");
        check("[network]\ndropout = 1.5\n", "`network.dropout`");
        check("[training]\nepochs = 100001\n", "`training.epochs`");
        check("[loss]\nobjective = \"gbce\"\n", "`loss.sampler`");
        check("[optimiser]\nlearning_rate = -1.0\n", "`optimiser.learning_rate`");
        check("[loss]\nnegatives = 0\n", "`loss.negatives`");
        check("[blend]\nsteps = 0\n", "`blend.steps`");
        check("[playlist_knn]\nneighbours = [0]\n", "`playlist_knn.neighbours`");
        check("[network]\nlayers = 2\n", "unknown field `layers`");
        check("seed = \"x\"\n", "invalid type");
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_line() {
        check("[network]\ndimension = -1\n", "line 2, column 13");
        check("[training]\n\nepoch = 3\n", "line 3, column 1");
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.toml");
        std::fs::write(&path, text).unwrap();
        let error = ModelConfig::from_file(&path).unwrap_err();
        assert_eq!(error.exit_code(), 78, "{error}");
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        let message = format!("{error}: {source}");
        assert!(message.contains(expected), "`{message}` does not name {expected}");
    }
}
