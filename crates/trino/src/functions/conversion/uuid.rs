//! Casts to `varbinary`, `uuid` and sketches.

use std::{fmt::Write, sync::Arc};

use arrow::array::{ArrayRef, AsArray, BinaryArray, FixedSizeBinaryArray};
use datafusion::error::Result;

use super::failures::{Failures, invalid, no_cast};
use crate::{TrinoType, functions::sketch::is_sketch};

pub(super) fn to_bytes(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    let uuids = match (from, to) {
        (TrinoType::Varchar(_), TrinoType::Varbinary) => {
            return failures.map::<_, _, BinaryArray>(array.as_string::<i32>(), |text| Ok(text.as_bytes()));
        }
        (TrinoType::Uuid, TrinoType::Varbinary) => {
            return failures.map::<_, _, BinaryArray>(array.as_fixed_size_binary(), Ok);
        }
        (TrinoType::HyperLogLog | TrinoType::TDigest | TrinoType::QDigest(_), TrinoType::Varbinary) => {
            return failures.map::<_, _, BinaryArray>(array.as_binary::<i32>(), Ok);
        }
        (TrinoType::Varbinary, TrinoType::HyperLogLog | TrinoType::TDigest | TrinoType::QDigest(_)) => {
            return failures.map::<_, _, BinaryArray>(array.as_binary::<i32>(), |bytes| {
                if is_sketch(bytes, to) { Ok(bytes) } else { Err(invalid(format!("the bytes are no {to}"))) }
            });
        }
        (TrinoType::Varchar(_), TrinoType::Uuid) => failures
            .map::<_, _, BinaryArray>(array.as_string::<i32>(), |text| {
                parse(text).ok_or_else(|| invalid(format!("Cannot cast value to UUID: {text}")))
            })?,
        (TrinoType::Varbinary, TrinoType::Uuid) => {
            failures.map::<_, _, BinaryArray>(array.as_binary::<i32>(), |bytes| match bytes.len() {
                16 => Ok(bytes.to_vec()),
                length => Err(invalid(format!("Invalid UUID binary length: {length}"))),
            })?
        }
        _ => return Err(no_cast(from, to)),
    };
    let uuids = uuids.as_binary::<i32>().iter().map(|bytes| bytes.map(<[u8]>::to_vec));
    Ok(Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(uuids, 16)?))
}

/// 16 bytes from the form with four hyphens.
fn parse(text: &str) -> Option<Vec<u8>> {
    let groups: Vec<&str> = text.split('-').collect();
    if groups.iter().map(|group| group.len()).ne([8, 4, 4, 4, 12]) || !text.is_ascii() {
        return None;
    }
    let digits = groups.concat();
    (0..16).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()).collect()
}

/// The form with four hyphens.
pub(super) fn write(bytes: &[u8], into: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            into.push('-');
        }
        // Writing to a text does not fail.
        let _ = write!(into, "{byte:02x}");
    }
}
