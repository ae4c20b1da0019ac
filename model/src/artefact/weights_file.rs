//! `model.safetensors`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use safetensors::{Dtype, SafeTensors, View};
use tch::{Device, Kind, Tensor};

use crate::{Error, Result};

pub(super) const FILE: &str = "model.safetensors";

/// A tensor's bytes, as the format wants them.
struct Weights {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for Weights {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Writes all weights by name.
pub(super) fn encode(weights: &BTreeMap<String, Tensor>) -> Result<Vec<u8>> {
    encode_with(weights, None)
}

/// Writes tensors by name, and texts by key.
pub(crate) fn encode_with(
    weights: &BTreeMap<String, Tensor>,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>> {
    let view = |(name, tensor): (&String, &Tensor)| -> Result<(String, Weights)> {
        let (kind, dtype, width) = match tensor.kind() {
            Kind::Int64 => (Kind::Int64, Dtype::I64, size_of::<i64>()),
            _ => (Kind::Float, Dtype::F32, size_of::<f32>()),
        };
        let tensor = tensor.f_detach()?.f_to_device(Device::Cpu)?.f_to_kind(kind)?.f_contiguous()?;
        let count = tensor.numel();
        let mut bytes = vec![0; count * width];
        tensor.f_copy_data_u8(&mut bytes, count)?;
        let shape = tensor.size().into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect();
        Ok((name.clone(), Weights { dtype, shape, bytes }))
    };
    let views: Vec<_> = weights.iter().map(view).collect::<Result<_>>()?;
    safetensors::serialize(views, metadata).map_err(Error::format("written", FILE))
}

/// Reads the text of a key; empty if there is none.
pub(crate) fn metadata(bytes: &[u8], key: &str) -> Result<String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(Error::format("read", FILE))?;
    Ok(header.metadata().as_ref().and_then(|texts| texts.get(key).cloned()).unwrap_or_default())
}

/// Reads all weights by name.
pub(crate) fn decode(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>> {
    let file = SafeTensors::deserialize(bytes).map_err(Error::format("read", FILE))?;
    let mut weights = BTreeMap::new();
    for (name, view) in file.tensors() {
        if view.dtype() != Dtype::F32 {
            let found = format!("{:?} {:?}", view.dtype(), view.shape());
            return Err(Error::TensorMismatch { tensor: name, expected: "of kind F32".to_owned(), found });
        }
        let shape: Vec<i64> = view.shape().iter().map(|&size| i64::try_from(size).unwrap_or(i64::MAX)).collect();
        weights.insert(name, Tensor::f_from_data_size(view.data(), &shape, Kind::Float)?);
    }
    Ok(weights)
}
