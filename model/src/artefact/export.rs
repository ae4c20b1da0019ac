//! A model as files for other programs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use tch::{Kind, Tensor};

use super::{Manifest, Model, factors_file, weights_file};
use crate::{
    Error, Result,
    data::Item,
    network::{FEED_FORWARD_FACTOR, LAYER_NORM_EPSILON},
};

/// What the files are and how scores follow from them.
const README: &str = include_str!("export.md");

/// Number that changes when a reader of the files would have to.
const EXPORT_FORMAT: u32 = 1;

/// Writes a model into a new or empty folder as files that need nothing of Segue to be read: weights and neighbours as
/// safetensors, the vocabulary as text, all else as JSON, and a description of the arithmetic. `export.json` comes last.
///
/// # Errors
/// [`Error::Export`] if the folder holds something or cannot be written, [`Error::Torch`] if memory is short.
pub fn export(manifest: &Manifest, model: &Model, folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| Error::Export { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    if fs::read_dir(folder).map_err(failed(folder))?.next().is_some() {
        let source = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "expected a folder that is new or empty");
        return Err(failed(folder)(source));
    }
    let description = serde_json::to_vec_pretty(&description(manifest, model));
    let mut files = vec![
        (weights_file::FILE, weights_file::encode(&model.network.weights())?),
        ("neighbours.safetensors", neighbours(model)?),
        ("vocabulary.txt", vocabulary(model)),
        ("README.md", README.as_bytes().to_vec()),
        ("export.json", description.map_err(Error::format("written", "export.json"))?),
    ];
    if let Some(als) = &model.als {
        files.insert(0, (factors_file::FILE, factors_file::encode(als)?));
    }
    let mut written = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(failed(&path))?;
        written.push(path);
    }
    Ok(written)
}

fn description(manifest: &Manifest, model: &Model) -> serde_json::Value {
    let network = &model.config.network;
    json!({
        "format_version": EXPORT_FORMAT,
        "model_id": manifest.model_id,
        "vocabulary_sha256": manifest.vocabulary_sha256,
        "items": model.vocabulary.len(),
        "network": {
            "encoder": network.encoder,
            "dimension": network.dimension,
            "blocks": network.blocks,
            "heads": network.heads,
            "max_length": network.max_length,
            "feed_forward": FEED_FORWARD_FACTOR * i64::from(network.dimension),
            "layer_norm_epsilon": LAYER_NORM_EPSILON,
        },
        "neighbours": { "decay": model.seed_weights.decay },
        "factorisation": model.als.as_ref().map(|als| {
            let options = als.options();
            json!({
                "dimension": options.dimension,
                "confidence": options.confidence,
                "regularisation": options.regularisation,
            })
        }),
        "blend": { "weight": model.blend_weight, "factorisation_share": model.als_share },
    })
}

fn neighbours(model: &Model) -> Result<Vec<u8>> {
    let (mut offsets, mut items, mut values) = (vec![0i64], Vec::new(), Vec::new());
    for item in 0..model.vocabulary.len() {
        for neighbour in model.neighbours.of(Item(u32::try_from(item).unwrap_or(u32::MAX))) {
            items.push(i64::from(neighbour.item.0));
            values.push(neighbour.cosine);
        }
        offsets.push(i64::try_from(items.len()).unwrap_or(i64::MAX));
    }
    let counts = model.vocabulary.train_counts();
    let weights: Vec<f32> = counts.iter().map(|&count| model.seed_weights.of_count(count)).collect();
    let tensors = [
        ("offsets", Tensor::f_from_slice(&offsets)?),
        ("items", Tensor::f_from_slice(&items)?.f_to_kind(Kind::Int64)?),
        ("values", Tensor::f_from_slice(&values)?),
        ("seed_weights", Tensor::f_from_slice(&weights)?),
    ];
    weights_file::encode(&tensors.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect())
}

fn vocabulary(model: &Model) -> Vec<u8> {
    let item = |item| Item(u32::try_from(item).unwrap_or(u32::MAX));
    let lines = (0..model.vocabulary.len()).map(|place| format!("{}\n", model.vocabulary.track(item(place)).track_uri));
    lines.collect::<String>().into_bytes()
}
