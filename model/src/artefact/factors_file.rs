//! `factors.safetensors`, of models whose blend has a share of a factorisation.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use super::weights_file;
use crate::{
    Error, Result,
    rivals::{AlsOptions, MatrixFactorisation},
};

pub(super) const FILE: &str = "factors.safetensors";

const FACTORS: &str = "factors";

/// Writes the factors of the items, `[items, dimension]`.
pub(super) fn encode(als: &MatrixFactorisation) -> Result<Vec<u8>> {
    weights_file::encode(&BTreeMap::from([(FACTORS.to_owned(), als.factors().shallow_clone())]))
}

/// Reads the factors of so many items.
///
/// # Errors
/// [`Error::TensorMismatch`] if they are not there or of another shape, [`Error::Format`] if the file does not parse.
pub(super) fn decode(bytes: &[u8], items: usize, options: AlsOptions) -> Result<MatrixFactorisation> {
    let mut tensors = weights_file::decode(bytes)?;
    let expected = format!("{:?} {:?}", Kind::Float, [items as u64, options.dimension.into()]);
    let factors = tensors.remove(FACTORS);
    let found = factors.as_ref().map_or_else(|| "nothing".to_owned(), describe);
    match factors {
        Some(factors) if found == expected => MatrixFactorisation::from_factors(factors, options),
        _ => Err(Error::TensorMismatch { tensor: FACTORS.to_owned(), expected, found }),
    }
}

fn describe(tensor: &Tensor) -> String {
    format!("{:?} {:?}", tensor.kind(), tensor.size())
}
