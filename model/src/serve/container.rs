//! `SageMaker`'s training contract.
//!
//! ```text
//! /opt/ml/input/config/hyperparameters.json   settings as text, such as {"network.dimension": "128"}
//! /opt/ml/input/data/<channel>/               one channel, which is a lake
//! /opt/ml/checkpoints/                        state of an interrupted training, where the job keeps it
//! /opt/ml/model/                              what is left here becomes the artefact: a lake with the model only
//! /opt/ml/output/failure                      why the job failed
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use lake::{Lake, ObjectStores};
use tch::Device;

use crate::{
    Error, Result, artefact,
    config::ModelConfig,
    evaluation::Protocol,
    training::{CheckpointFile, Dataset, Progress, train_model},
};

/// Seconds between checkpoints; a spot instance gives two minutes of notice.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(60);

/// Where the contract's files stand.
#[derive(Debug, Clone)]
pub struct ContainerPaths {
    root: PathBuf,
}

impl ContainerPaths {
    /// Below `root`, which is `/opt/ml` but in tests.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder of the model.
    pub fn model(&self) -> PathBuf {
        self.root.join("model")
    }

    fn hyperparameters(&self) -> PathBuf {
        self.root.join("input/config/hyperparameters.json")
    }

    fn channels(&self) -> PathBuf {
        self.root.join("input/data")
    }

    fn failure(&self) -> PathBuf {
        self.root.join("output/failure")
    }
}

/// Trains as the contract has it, and leaves the reason in the failure file if that fails.
///
/// # Errors
/// Those of reading the lake, of training and of saving; [`Error::Configuration`] for hyperparameters that are none of
/// ours, and if there is not exactly one channel.
pub async fn train_in_container(paths: &ContainerPaths, device: Device, progress: &mut dyn Progress) -> Result<()> {
    let trained = train(paths, device, progress).await;
    if let Err(error) = &trained {
        // The error itself is what counts; a folder that cannot be written must not hide it.
        let _ = fs::create_dir_all(paths.root.join("output")).and_then(|()| fs::write(paths.failure(), reason(error)));
    }
    trained
}

async fn train(paths: &ContainerPaths, device: Device, progress: &mut dyn Progress) -> Result<()> {
    let config = hyperparameters(&paths.hyperparameters())?;
    let lake = open(&channel(&paths.channels())?).await?;
    let dataset = Dataset::load_for(&lake, Protocol::Continuation, &config).await?;
    let checkpoint = paths.root.join("checkpoints/segue.safetensors");
    let mut checkpoint = CheckpointFile::new(&checkpoint, CHECKPOINT_INTERVAL, dataset.fingerprint(&config));
    let model = train_model(dataset, &config, device, Some(&mut checkpoint), progress)?;
    artefact::save(&open(&paths.model()).await?, &model).await?;
    checkpoint.remove()
}

async fn open(folder: &Path) -> Result<Lake> {
    let address = folder.display().to_string();
    Lake::open(&address, Arc::new(ObjectStores::from_env())).await.map_err(Error::lake("open the lake at", address))
}

/// Reads the settings: names with a dot for each section, values as text, as the contract wants them.
fn hyperparameters(path: &Path) -> Result<ModelConfig> {
    let shown = path.display().to_string();
    let unreadable = |source| Error::ConfigurationFile { path: shown.clone(), source };
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => "{}".to_owned(),
        read => read.map_err(|source| unreadable(Box::new(source)))?,
    };
    let values: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|source| unreadable(Box::new(source)))?;
    let lines = values.iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match format!("{name} = {value}").parse::<toml::Table>() {
            Ok(_) => format!("{name} = {value}\n"),
            Err(_) => format!("{name} = {value:?}\n"),
        }
    });
    ModelConfig::from_text(&lines.collect::<String>(), &shown)
}

/// The one channel, whatever its name.
fn channel(folder: &Path) -> Result<PathBuf> {
    let wrong = |problem: String| Error::setting("input channels", problem);
    let shown = folder.display();
    let entries = fs::read_dir(folder).map_err(|error| wrong(format!("`{shown}` cannot be listed: {error}")))?;
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| path.is_dir()).collect();
    match (folders.pop(), folders.len()) {
        (Some(only), 0) => Ok(only),
        (_, others) => Err(wrong(format!("`{shown}` has {} folders, expected one, which is a lake", others + 1))),
    }
}

/// The error and its causes; the service shows the first 1024 characters.
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(cause.to_string().lines().next().unwrap_or_default());
        source = cause.source();
    }
    text
}
