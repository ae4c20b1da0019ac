//! `ModelInfer`: from a message to requests, and from answers to a message.

use super::messages::{ModelInferRequest, ModelInferResponse, ParameterChoice, Tensor, TensorContents};
use crate::{
    artefact::ModelId,
    recommend::{Answer, Request},
    serve::{
        failure::Failure,
        open_inference::{self, NAME, SCORE, TITLE, TRACK_URI, TRACKS},
    },
};

/// Bytes of the length before each element of raw `BYTES`.
const LENGTH_BYTES: usize = 4;

/// What a message asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) requests: Vec<Request>,
    k: usize,
    /// Whether the inputs came as raw bytes; the outputs go back in the same form.
    is_raw: bool,
    /// The outputs that are wanted, in this order.
    outputs: Vec<&'static str>,
}

impl Asked {
    /// Reads a message.
    pub(super) fn read(message: &ModelInferRequest) -> Result<Self, Failure> {
        let k = tracks_wanted(message)?;
        let is_raw = !message.raw_input_contents.is_empty();
        if is_raw && message.raw_input_contents.len() != message.inputs.len() {
            let (found, expected) = (message.raw_input_contents.len(), message.inputs.len());
            return Err(Failure::Malformed(format!("{found} raw inputs do not fit {expected} inputs")));
        }
        let texts = |name: &str| -> Result<Option<Vec<String>>, Failure> {
            let found = message.inputs.iter().position(|input| input.name == name);
            found.map(|place| texts(&message.inputs[place], message.raw_input_contents.get(place))).transpose()
        };
        let (tracks, titles) = (texts(TRACKS)?, texts(TITLE)?);
        let requests = open_inference::requests(tracks.as_deref(), titles.as_deref(), k)?;
        Ok(Self { requests, k, is_raw, outputs: outputs_wanted(message)? })
    }

    /// Writes the answers.
    pub(super) fn write(&self, id: String, model: ModelId, answers: &[Answer]) -> ModelInferResponse {
        let mut response = ModelInferResponse {
            model_name: NAME.to_owned(),
            model_version: model.to_string(),
            id,
            ..ModelInferResponse::default()
        };
        let shape: Vec<i64> = [answers.len(), self.k].map(|size| i64::try_from(size).unwrap_or(i64::MAX)).into();
        for &name in &self.outputs {
            let contents = contents(name, answers, self.k);
            let datatype = if name == SCORE { "FP32" } else { "BYTES" };
            let mut tensor =
                Tensor { name: name.to_owned(), datatype: datatype.to_owned(), shape: shape.clone(), contents: None };
            if self.is_raw {
                response.raw_output_contents.push(raw(&contents));
            } else {
                tensor.contents = Some(contents);
            }
            response.outputs.push(tensor);
        }
        response
    }
}

fn tracks_wanted(message: &ModelInferRequest) -> Result<usize, Failure> {
    let Some(parameter) = message.parameters.get("k") else { return Ok(open_inference::K_DEFAULT) };
    let number = match parameter.parameter_choice {
        Some(ParameterChoice::Int64(number)) => usize::try_from(number).ok(),
        Some(ParameterChoice::Uint64(number)) => usize::try_from(number).ok(),
        _ => None,
    };
    number.ok_or_else(|| Failure::Malformed("parameter `k`: expected a positive integer".to_owned()))
}

fn outputs_wanted(message: &ModelInferRequest) -> Result<Vec<&'static str>, Failure> {
    if message.outputs.is_empty() {
        return Ok(vec![TRACK_URI, SCORE]);
    }
    let known = |name: &str| [TRACK_URI, SCORE].into_iter().find(|&known| known == name);
    let wanted = message.outputs.iter().map(|output| {
        let unknown = || format!("output `{}` is unknown, expected `{TRACK_URI}` or `{SCORE}`", output.name);
        known(&output.name).ok_or_else(|| Failure::Malformed(unknown()))
    });
    wanted.collect()
}

/// The elements of an input, from its contents or from raw bytes.
fn texts(input: &Tensor, raw: Option<&Vec<u8>>) -> Result<Vec<String>, Failure> {
    let malformed = |problem: String| Failure::Malformed(format!("input `{}`: {problem}", input.name));
    if input.datatype != "BYTES" {
        return Err(malformed(format!("datatype is `{}`, expected `BYTES`", input.datatype)));
    }
    let elements = match (raw, &input.contents) {
        (Some(_), Some(_)) => return Err(malformed("both contents and raw contents are given".to_owned())),
        (Some(raw), None) => {
            split_raw(raw).ok_or_else(|| malformed("raw contents end within an element".to_owned()))?
        }
        (None, contents) => contents.iter().flat_map(|contents| contents.bytes_contents.clone()).collect(),
    };
    let size = |size: &i64| usize::try_from(*size).ok();
    let expected = input.shape.iter().try_fold(1usize, |product, next| product.checked_mul(size(next)?));
    if expected != Some(elements.len()) {
        return Err(malformed(format!("{} elements do not fit shape {:?}", elements.len(), input.shape)));
    }
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| malformed("expected UTF-8".to_owned()));
    elements.into_iter().map(text).collect()
}

/// Elements behind their lengths, which are 4 bytes, least significant first.
fn split_raw(mut raw: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut elements = Vec::new();
    while !raw.is_empty() {
        let (length, rest) = raw.split_first_chunk::<LENGTH_BYTES>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (element, rest) = rest.split_at_checked(length)?;
        elements.push(element.to_vec());
        raw = rest;
    }
    Some(elements)
}

fn contents(name: &str, answers: &[Answer], k: usize) -> TensorContents {
    let mut contents = TensorContents::default();
    for line in answers.iter().flat_map(|answer| (0..k).map(|place| answer.recommendations.get(place))) {
        if name == SCORE {
            #[expect(clippy::cast_possible_truncation, reason = "scores are f32 where they are made")]
            contents.fp32_contents.push(line.map_or(0.0, |line| line.score as f32));
        } else {
            contents.bytes_contents.push(line.map_or_else(Vec::new, |line| line.track_uri.clone().into_bytes()));
        }
    }
    contents
}

fn raw(contents: &TensorContents) -> Vec<u8> {
    let mut raw: Vec<u8> = contents.fp32_contents.iter().flat_map(|score| score.to_le_bytes()).collect();
    for element in &contents.bytes_contents {
        raw.extend(u32::try_from(element.len()).unwrap_or(u32::MAX).to_le_bytes());
        raw.extend(element);
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_bytes_are_cut_at_their_lengths() {
        check(&[], Some(&[]));
        check(&[0, 0, 0, 0], Some(&[b""]));
        check(&[2, 0, 0, 0, b'a', b'b', 1, 0, 0, 0, b'c'], Some(&[b"ab", b"c"]));
        check(&[2, 0, 0, 0, b'a'], None);
        check(&[2, 0, 0], None);
        check(&[255, 255, 255, 255], None);
    }

    #[track_caller]
    fn check(raw: &[u8], expected: Option<&[&[u8]]>) {
        let expected = expected.map(|elements| elements.iter().map(|element| element.to_vec()).collect());
        assert_eq!(split_raw(raw), expected);
    }
}
