//! `POST /invocations`: JSON or CSV in, JSON or CSV out.

use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::recommend::{Answer, Request};

/// Most tracks that may be asked for.
pub(super) const K_MAX: usize = 10_000;

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

/// One playlist as JSON says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instance {
    #[serde(default)]
    pub(super) tracks: Vec<String>,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default = "ten")]
    pub(super) k: usize,
}

fn ten() -> usize {
    10
}

/// A body: one playlist, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Body {
    Several { instances: Vec<Instance> },
    One(Instance),
}

/// What several playlists are answered with.
#[derive(Debug, Serialize)]
struct Predictions {
    predictions: Vec<Answer>,
}

/// Requests, and whether they came as a list.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) requests: Vec<Request>,
    is_list: bool,
}

impl Instance {
    /// The same in the model's terms.
    pub(super) fn request(self) -> Result<Request, Failure> {
        if self.tracks.is_empty() && self.title.is_none() {
            return Err(Failure::Malformed("expected `tracks`, `title` or both".to_owned()));
        }
        if !(1..=K_MAX).contains(&self.k) {
            return Err(Failure::Malformed(format!("`k` is {}, expected 1 to {K_MAX}", self.k)));
        }
        let tracks: Result<Vec<_>, _> = self.tracks.iter().map(|track| track.parse()).collect();
        Ok(Request { tracks: tracks.map_err(|error| Failure::of(&error))?, title: self.title, k: self.k })
    }
}

/// Reads a body by its content type; JSON is taken where none is given. A line of CSV is one playlist, its tracks
/// separated by commas.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Asked, Failure> {
    let malformed = |problem: String| Failure::Malformed(format!("the body cannot be read: {problem}"));
    match media_type(headers, header::CONTENT_TYPE).unwrap_or(JSON) {
        JSON => {
            let body: Body = serde_json::from_slice(body).map_err(|_| malformed(shape(body)))?;
            let (instances, is_list) = match body {
                Body::Several { instances } => (instances, true),
                Body::One(instance) => (vec![instance], false),
            };
            let requests = instances.into_iter().map(Instance::request).collect::<Result<_, _>>()?;
            Ok(Asked { requests, is_list })
        }
        CSV => {
            let text = std::str::from_utf8(body).map_err(|error| malformed(error.to_string()))?;
            let line = |line: &str| {
                let tracks = line.split(',').map(|track| track.trim().trim_matches('"').to_owned()).collect();
                Instance { tracks, title: None, k: ten() }.request()
            };
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            Ok(Asked { requests: lines.map(line).collect::<Result<_, _>>()?, is_list: true })
        }
        other => Err(Failure::UnknownForm(format!("content type `{other}` is unknown, expected {JSON} or {CSV}"))),
    }
}

/// What is wrong with a body that is not of the expected shape.
fn shape(body: &[u8]) -> String {
    let expected = r#"expected {"tracks": ["…"], "title": "…", "k": 10} or {"instances": [those]}"#;
    match serde_json::from_slice::<serde_json::Value>(body) {
        Err(error) => format!("{error}; {expected}"),
        Ok(_) => expected.to_owned(),
    }
}

/// Writes answers in the form that is accepted, or else in that of the question.
pub(super) fn write(headers: &HeaderMap, asked_as_list: bool, mut answers: Vec<Answer>) -> Response {
    let wanted = media_type(headers, header::ACCEPT).filter(|accepted| [JSON, CSV].contains(accepted));
    if wanted.or(media_type(headers, header::CONTENT_TYPE)) == Some(CSV) {
        let lines = answers.iter().map(|answer| {
            let uris: Vec<&str> = answer.recommendations.iter().map(|line| line.track_uri.as_str()).collect();
            uris.join(",") + "\n"
        });
        return ([(header::CONTENT_TYPE, CSV)], lines.collect::<String>()).into_response();
    }
    match answers.pop() {
        Some(answer) if !asked_as_list => Json(answer).into_response(),
        last => {
            answers.extend(last);
            Json(Predictions { predictions: answers }).into_response()
        }
    }
}

impl Asked {
    pub(super) fn is_list(&self) -> bool {
        self.is_list
    }
}

fn media_type(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let value = headers.get(name)?.to_str().ok()?;
    let first = value.split([',', ';']).next()?.trim();
    (!first.is_empty() && first != "*/*").then_some(first)
}
