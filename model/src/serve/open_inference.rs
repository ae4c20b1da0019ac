//! The Open Inference Protocol, version 2: what REST and gRPC have in common, and the bodies of REST.
//!
//! A request has the input `tracks`, of datatype `BYTES` and shape `[n]`, each element the tracks of a playlist separated
//! by commas, or `title`, or both; the parameter `k` is the number of tracks wanted. The outputs are `track_uri`
//! (`BYTES`) and `score` (`FP32`), both `[n, k]`, filled up with empty text and zero where a list is shorter.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    failure::Failure,
    invocations::{Instance, K_MAX},
};
use crate::{
    artefact::ModelId,
    recommend::{Answer, Request},
};

/// Name of the model.
pub(super) const NAME: &str = "segue";

/// Name of the server.
pub(super) const SERVER_NAME: &str = "segue-model";

/// What runs the model.
pub(super) const PLATFORM: &str = "segue";

pub(super) const TRACKS: &str = "tracks";
pub(super) const TITLE: &str = "title";
pub(super) const TRACK_URI: &str = "track_uri";
pub(super) const SCORE: &str = "score";

/// Tracks for each playlist where the parameter `k` is not given.
pub(super) const K_DEFAULT: usize = 10;

/// A tensor as the metadata describe it; a size of -1 is any.
#[derive(Debug, Serialize)]
pub(super) struct TensorForm {
    pub(super) name: &'static str,
    pub(super) datatype: &'static str,
    pub(super) shape: &'static [i64],
}

pub(super) const INPUTS: [TensorForm; 2] = [
    TensorForm { name: TRACKS, datatype: "BYTES", shape: &[-1] },
    TensorForm { name: TITLE, datatype: "BYTES", shape: &[-1] },
];

pub(super) const OUTPUTS: [TensorForm; 2] = [
    TensorForm { name: TRACK_URI, datatype: "BYTES", shape: &[-1, -1] },
    TensorForm { name: SCORE, datatype: "FP32", shape: &[-1, -1] },
];

/// Body of `infer`.
#[derive(Debug, Deserialize)]
pub(super) struct InferRequest {
    #[serde(default)]
    pub(super) id: Option<String>,
    inputs: Vec<Input>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    k: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Input {
    name: String,
    shape: Vec<usize>,
    datatype: String,
    data: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Output {
    name: &'static str,
    shape: [usize; 2],
    datatype: &'static str,
    data: Vec<Value>,
}

impl InferRequest {
    /// Tracks wanted.
    pub(super) fn k(&self) -> usize {
        self.parameters.k.unwrap_or(K_DEFAULT)
    }

    /// One request for each element.
    pub(super) fn requests(&self) -> Result<Vec<Request>, Failure> {
        requests(self.texts(TRACKS)?.as_deref(), self.texts(TITLE)?.as_deref(), self.k())
    }

    fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Failure> {
        let Some(input) = self.inputs.iter().find(|input| input.name == name) else { return Ok(None) };
        let malformed = |problem: String| Failure::Malformed(format!("input `{name}`: {problem}"));
        if input.datatype != "BYTES" {
            return Err(malformed(format!("datatype is `{}`, expected `BYTES`", input.datatype)));
        }
        let elements = input.shape.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
        if elements != Some(input.data.len()) {
            return Err(malformed(format!("{} elements do not fit shape {:?}", input.data.len(), input.shape)));
        }
        let text = |value: &'_ Value| value.as_str().is_some();
        if !input.data.iter().all(text) {
            return Err(malformed("expected text".to_owned()));
        }
        Ok(Some(input.data.iter().filter_map(Value::as_str).collect()))
    }
}

/// Recommendations that one answer may have in all.
const MOST_LINES: usize = 1_000_000;

/// One request for each element of the inputs, which are of one length; tracks are separated by commas.
pub(super) fn requests<T: AsRef<str>>(
    tracks: Option<&[T]>,
    titles: Option<&[T]>,
    k: usize,
) -> Result<Vec<Request>, Failure> {
    let count = tracks.or(titles).map_or(0, <[T]>::len);
    if count == 0 || [tracks, titles].into_iter().flatten().any(|texts| texts.len() != count) {
        let problem = "expected the input `tracks`, `title`, or both, of one length and not empty";
        return Err(Failure::Malformed(problem.to_owned()));
    }
    if !(1..=K_MAX).contains(&k) {
        return Err(Failure::Malformed(format!("parameter `k` is {k}, expected 1 to {K_MAX}")));
    }
    if count.saturating_mul(k) > MOST_LINES {
        return Err(Failure::Malformed(format!("{count} inputs of {k} tracks each are more than {MOST_LINES} in all")));
    }
    let request = |place: usize| {
        let listed = tracks.map_or("", |tracks| tracks[place].as_ref());
        let tracks = listed.split(',').map(str::trim).filter(|track| !track.is_empty()).map(str::to_owned);
        let title = titles.map(|titles| titles[place].as_ref()).filter(|title| !title.is_empty());
        Instance { tracks: tracks.collect(), title: title.map(str::to_owned), k }.request()
    };
    (0..count).map(request).collect()
}

/// Body of the answer to `infer`.
pub(super) fn infer_response(id: Option<String>, model: ModelId, k: usize, answers: &[Answer]) -> Value {
    let shape = [answers.len(), k];
    let fill = |value: fn(&Answer, usize) -> Value| {
        answers.iter().flat_map(|answer| (0..k).map(move |place| value(answer, place))).collect()
    };
    let uris = fill(|answer, place| json!(answer.recommendations.get(place).map_or("", |line| &line.track_uri)));
    let scores = fill(|answer, place| json!(answer.recommendations.get(place).map_or(0.0, |line| line.score)));
    let outputs = [
        Output { name: TRACK_URI, shape, datatype: "BYTES", data: uris },
        Output { name: SCORE, shape, datatype: "FP32", data: scores },
    ];
    let mut body = json!({ "model_name": NAME, "model_version": model.to_string(), "outputs": outputs });
    if let (Some(id), Some(body)) = (id, body.as_object_mut()) {
        body.insert("id".to_owned(), id.into());
    }
    body
}

/// What `GET /v2` answers.
pub(super) fn server_metadata() -> Value {
    json!({ "name": SERVER_NAME, "version": env!("CARGO_PKG_VERSION"), "extensions": [] })
}

/// What `GET /v2/models/{name}` answers.
pub(super) fn model_metadata(model: ModelId) -> Value {
    json!({
        "name": NAME,
        "versions": [model.to_string()],
        "platform": PLATFORM,
        "inputs": INPUTS,
        "outputs": OUTPUTS,
    })
}
