//! Numbers as bytes, the highest first.

use arrow::array::{ArrayRef, BinaryArray, Float32Array, Float64Array, Int32Array, Int64Array};
use datafusion::error::Result;

use super::encoding::bad;
use crate::functions::scalar::Call;

fn exactly<const N: usize>(bytes: &[u8], what: &str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| bad(format!("expected {N}-byte input to {what}, but got instead: {}", bytes.len())))
}

pub(super) fn to_big_endian_32(call: &Call) -> Result<ArrayRef> {
    call.map1::<Int32Array, _, BinaryArray>(|value| Ok(Some(value.to_be_bytes())))
}

pub(super) fn from_big_endian_32(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, Int32Array>(|bytes| Ok(Some(i32::from_be_bytes(exactly(bytes, "from_big_endian_32")?))))
}

pub(super) fn to_big_endian_64(call: &Call) -> Result<ArrayRef> {
    call.map1::<Int64Array, _, BinaryArray>(|value| Ok(Some(value.to_be_bytes())))
}

pub(super) fn from_big_endian_64(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, Int64Array>(|bytes| Ok(Some(i64::from_be_bytes(exactly(bytes, "from_big_endian_64")?))))
}

pub(super) fn to_ieee754_32(call: &Call) -> Result<ArrayRef> {
    call.map1::<Float32Array, _, BinaryArray>(|value| Ok(Some(value.to_be_bytes())))
}

pub(super) fn from_ieee754_32(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, Float32Array>(|bytes| Ok(Some(f32::from_be_bytes(exactly(bytes, "from_ieee754_32")?))))
}

pub(super) fn to_ieee754_64(call: &Call) -> Result<ArrayRef> {
    call.map1::<Float64Array, _, BinaryArray>(|value| Ok(Some(value.to_be_bytes())))
}

pub(super) fn from_ieee754_64(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, Float64Array>(|bytes| Ok(Some(f64::from_be_bytes(exactly(bytes, "from_ieee754_64")?))))
}
