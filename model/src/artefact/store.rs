//! Saves, finds and loads models.

use std::collections::BTreeMap;

use bytes::Bytes;
use lake::Lake;
use object_store::{ObjectStoreExt, path::Path};
use serde::{Serialize, de::DeserializeOwned};
use tch::Device;

use super::{
    ARTEFACT_FORMATS, Description, FileRecord, Manifest, Model, ModelId, ModelSelector, factors_file,
    manifest::ManifestFormat, neighbours_file, titles_file, vocabulary_file, weights_file,
};
use crate::{Error, Result, evaluation::MetricsReport, network::NextTrackNetwork};

const CONFIG: &str = "config.json";
const METRICS: &str = "metrics.json";
const MANIFEST: &str = "artefact.json";

/// Saves a model under a new name. It exists from the moment its last file is there.
///
/// # Errors
/// [`Error::ObjectStore`] if a file cannot be written, [`Error::Torch`] if memory is short.
pub async fn save(lake: &Lake, model: &Model) -> Result<Manifest> {
    let id = ModelId::new();
    let mut files = vec![
        (weights_file::FILE, weights_file::encode(&model.network.weights())?),
        (vocabulary_file::FILE, vocabulary_file::encode(&model.vocabulary)?),
        (neighbours_file::FILE, neighbours_file::encode(&model.neighbours)?),
        (titles_file::FILE, titles_file::encode(&model.titles)?),
        (CONFIG, encode_json(CONFIG, &Description::of(model))?),
        (METRICS, encode_json(METRICS, &model.metrics)?),
    ];
    if let Some(als) = &model.als {
        files.push((factors_file::FILE, factors_file::encode(als)?));
    }
    let mut records = BTreeMap::new();
    for (name, content) in files {
        records.insert(name.to_owned(), FileRecord::of(&content));
        put(lake, &path(lake, id, name), content).await?;
    }
    let manifest = Manifest::new(id, model, records);
    put(lake, &path(lake, id, MANIFEST), encode_json(MANIFEST, &manifest)?).await?;
    Ok(manifest)
}

/// Loads a model onto a device, after checking that all of it fits together.
///
/// # Errors
/// [`Error::NoSuchModel`] if it is not there, [`Error::FormatVersion`], [`Error::Damaged`],
/// [`Error::VocabularyMismatch`] or [`Error::TensorMismatch`] if it does not fit, [`Error::ObjectStore`] if it cannot be
/// read.
pub async fn load(lake: &Lake, id: ModelId, device: Device) -> Result<(Manifest, Model)> {
    let manifest = read_manifest(lake, id)
        .await?
        .ok_or_else(|| Error::NoSuchModel { lake: lake.url().to_string(), id: id.to_string() })?;
    let description: Description = decode_json(CONFIG, &fetch(lake, &manifest, CONFIG).await?)?;
    let vocabulary = vocabulary_file::decode(fetch(lake, &manifest, vocabulary_file::FILE).await?)?;
    let found = vocabulary.hash();
    if found != manifest.vocabulary_sha256 || vocabulary.len() != description.items {
        return Err(Error::VocabularyMismatch { id, expected: manifest.vocabulary_sha256, found });
    }
    let items = vocabulary.len();
    let weights = weights_file::decode(&fetch(lake, &manifest, weights_file::FILE).await?)?;
    let mut network = NextTrackNetwork::try_new(&description.config.network, items, device)?;
    network.restore(&weights)?;
    let als = match description.als {
        Some(options) => {
            Some(factors_file::decode(&fetch(lake, &manifest, factors_file::FILE).await?, items, options)?)
        }
        None => None,
    };
    let model = Model {
        neighbours: neighbours_file::decode(fetch(lake, &manifest, neighbours_file::FILE).await?, items)?,
        titles: titles_file::decode(fetch(lake, &manifest, titles_file::FILE).await?, items)?,
        metrics: metrics(lake, &manifest).await?,
        config: description.config,
        vocabulary,
        network,
        seed_weights: description.seed_weights,
        blend_weight: description.blend_weight,
        als,
        als_share: description.als_share,
        train_playlists: description.train_playlists,
        data_versions: manifest.data_versions.clone(),
    };
    Ok((manifest, model))
}

/// What was measured about a model.
///
/// # Errors
/// [`Error::Damaged`] or [`Error::Format`] if the file is not the one written with the model, [`Error::ObjectStore`] if
/// it cannot be read.
pub async fn metrics(lake: &Lake, manifest: &Manifest) -> Result<MetricsReport> {
    decode_json(METRICS, &fetch(lake, manifest, METRICS).await?)
}

/// Finds the model that is meant.
///
/// # Errors
/// [`Error::NoModels`] if there is none, [`Error::NoSuchModel`] if the one named is not there or not complete.
pub async fn resolve(lake: &Lake, selector: ModelSelector) -> Result<ModelId> {
    let complete = complete_models(lake).await?;
    match selector {
        ModelSelector::Latest => {
            complete.last().copied().ok_or_else(|| Error::NoModels { lake: lake.url().to_string() })
        }
        ModelSelector::Id(id) if complete.contains(&id) => Ok(id),
        ModelSelector::Id(id) => Err(Error::NoSuchModel { lake: lake.url().to_string(), id: id.to_string() }),
    }
}

/// All complete models that this version can read, oldest first.
///
/// # Errors
/// [`Error::ObjectStore`] if the lake cannot be read.
pub async fn list(lake: &Lake) -> Result<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for id in complete_models(lake).await? {
        match read_manifest(lake, id).await {
            Ok(manifest) => manifests.extend(manifest),
            Err(Error::FormatVersion { id, found, .. }) => {
                tracing::warn!(model_id = %id, format = found, "model of another format left out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(manifests)
}

async fn complete_models(lake: &Lake) -> Result<Vec<ModelId>> {
    let folder = lake.path("models");
    let found = lake
        .object_store()
        .list_with_delimiter(Some(&folder))
        .await
        .map_err(Error::store("list the models in", &folder))?;
    let ids = found.common_prefixes.iter().filter_map(|prefix| prefix.filename()?.parse::<ModelId>().ok());
    let mut complete = Vec::new();
    for id in ids {
        let path = path(lake, id, MANIFEST);
        match lake.object_store().head(&path).await {
            Ok(_) => complete.push(id),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(Error::store("look for", &path)(error)),
        }
    }
    complete.sort_unstable();
    Ok(complete)
}

async fn read_manifest(lake: &Lake, id: ModelId) -> Result<Option<Manifest>> {
    let path = path(lake, id, MANIFEST);
    let bytes = match get(lake, &path).await {
        Ok(bytes) => bytes,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(Error::store("read", &path)(error)),
    };
    let ManifestFormat { format_version: found } = decode_json(MANIFEST, &bytes)?;
    if !ARTEFACT_FORMATS.contains(&found) {
        return Err(Error::FormatVersion { id, found, expected: *ARTEFACT_FORMATS.end() });
    }
    decode_json(MANIFEST, &bytes).map(Some)
}

/// Reads a file of a model and checks that it is the one on record.
async fn fetch(lake: &Lake, manifest: &Manifest, file: &str) -> Result<Bytes> {
    let id = manifest.model_id;
    let damaged = |expected: &str, found: String| {
        let (file, expected) = (file.to_owned(), expected.to_owned());
        Error::Damaged { id, file, expected, found }
    };
    let record = manifest.files.get(file).ok_or_else(|| damaged("a record in artefact.json", "none".to_owned()))?;
    let path = path(lake, id, file);
    let bytes = get(lake, &path).await.map_err(Error::store("read", &path))?;
    let found = FileRecord::of(&bytes);
    if found != *record {
        return Err(damaged(&record.to_string(), found.to_string()));
    }
    Ok(bytes)
}

async fn get(lake: &Lake, path: &Path) -> Result<Bytes, object_store::Error> {
    lake.object_store().get(path).await?.bytes().await
}

async fn put(lake: &Lake, path: &Path, content: Vec<u8>) -> Result<()> {
    lake.object_store().put(path, content.into()).await.map_err(Error::store("write", path))?;
    Ok(())
}

fn path(lake: &Lake, id: ModelId, file: &str) -> Path {
    lake.path(&format!("models/{id}/{file}"))
}

fn encode_json<T: Serialize>(file: &str, value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(Error::format("written", file))
}

fn decode_json<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(Error::format("read", file))
}
