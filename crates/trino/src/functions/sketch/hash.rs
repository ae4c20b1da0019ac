//! Hashes of values as Trino's operator `xx_hash_64` has them, so that sums of them agree with those of other engines.

use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray},
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, DurationMillisecondType, Float32Type, Float64Type, Int64Type, IntervalYearMonthType,
    },
};
use datafusion::error::Result;
use twox_hash::XxHash64;

use crate::{
    TrinoType,
    functions::{array::Elements, define::fit, map::Entries},
};

/// The primes of XXH64 (Collet, "xxHash fast digest algorithm", specification 0.1.1).
const PRIMES: [u64; 5] =
    [0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5];

/// XXH64 of the eight bytes of a number with seed 0.
pub(super) fn of_long(value: u64) -> u64 {
    let [p1, p2, p3, p4, p5] = PRIMES;
    let lane = value.wrapping_mul(p2).rotate_left(31).wrapping_mul(p1);
    let mut hash = (p5.wrapping_add(8) ^ lane).rotate_left(27).wrapping_mul(p1).wrapping_add(p4);
    hash = (hash ^ (hash >> 33)).wrapping_mul(p2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(p3);
    hash ^ (hash >> 32)
}

fn of_signed(value: i64) -> u64 {
    of_long(value.cast_unsigned())
}

fn of_bytes(bytes: &[u8]) -> u64 {
    XxHash64::oneshot(0, bytes)
}

/// The hash of each value of a type, 0 for NULL.
pub(in crate::functions) fn hashes(array: &ArrayRef, of: &TrinoType) -> Result<Vec<u64>> {
    let array = fit(array, &of.data_type())?;
    let mut found = match of {
        TrinoType::Unknown => vec![0; array.len()],
        TrinoType::Boolean => array.as_boolean().iter().map(|value| of_long(u64::from(value == Some(true)))).collect(),
        TrinoType::Real => array.as_primitive::<Float32Type>().values().iter().map(|value| of_real(*value)).collect(),
        TrinoType::Double => {
            array.as_primitive::<Float64Type>().values().iter().map(|value| of_double(*value)).collect()
        }
        TrinoType::Decimal { precision, .. } => {
            let values = array.as_primitive::<Decimal128Type>().values();
            values.iter().map(|value| of_decimal(*value, *precision)).collect()
        }
        TrinoType::Varchar(_) | TrinoType::Json => {
            array.as_string::<i32>().iter().map(|text| of_bytes(text.unwrap_or_default().as_bytes())).collect()
        }
        TrinoType::Char(_) => {
            let text = |text: Option<&str>| of_bytes(text.unwrap_or_default().trim_end_matches(' ').as_bytes());
            array.as_string::<i32>().iter().map(text).collect()
        }
        TrinoType::Varbinary | TrinoType::HyperLogLog | TrinoType::TDigest | TrinoType::QDigest(_) => {
            array.as_binary::<i32>().iter().map(|bytes| of_bytes(bytes.unwrap_or_default())).collect()
        }
        TrinoType::Uuid => {
            let half = |bytes: &[u8]| bytes.iter().rev().fold(0, |half, byte| half << 8 | u64::from(*byte));
            let of = |bytes: &[u8]| of_long(half(&bytes[..8])) ^ of_long(half(&bytes[8..]));
            array.as_fixed_size_binary().iter().map(|bytes| bytes.map_or(0, of)).collect()
        }
        TrinoType::Array(of) => of_lists(array.as_list(), of)?,
        TrinoType::Map(keys, values) => of_maps(&array, keys, values)?,
        TrinoType::Row(fields) => of_rows(&array, fields)?,
        _ => of_numbers(&array, of)?,
    };
    if let Some(nulls) = array.logical_nulls() {
        found.iter_mut().zip(nulls.iter()).filter(|(_, is_valid)| !is_valid).for_each(|(hash, _)| *hash = 0);
    }
    Ok(found)
}

/// NaN is one value, and so is zero.
fn of_real(value: f32) -> u64 {
    let value = if value.is_nan() { f32::NAN } else { value + 0.0 };
    of_signed(i64::from(value.to_bits().cast_signed()))
}

fn of_double(value: f64) -> u64 {
    let value = if value.is_nan() { f64::NAN } else { value + 0.0 };
    of_long(value.to_bits())
}

/// Of up to 18 digits the number itself, of more both halves.
#[expect(clippy::cast_possible_truncation, reason = "halves are what is wanted")]
fn of_decimal(value: i128, precision: u8) -> u64 {
    let low = of_signed(value as i64);
    if precision <= 18 { low } else { low ^ of_signed((value >> 64) as i64) }
}

/// Of integers and of what is counted: days, months, and parts of a second.
fn of_numbers(array: &ArrayRef, of: &TrinoType) -> Result<Vec<u64>> {
    let counts: Vec<i64> = match of {
        TrinoType::IntervalYearToMonth => {
            array.as_primitive::<IntervalYearMonthType>().values().iter().map(|months| i64::from(*months)).collect()
        }
        TrinoType::IntervalDayToSecond => array.as_primitive::<DurationMillisecondType>().values().to_vec(),
        _ => cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().values().to_vec(),
    };
    let of_count = |count: i64| match of {
        TrinoType::Time(_) => of_signed(count.wrapping_mul(1_000_000)),
        TrinoType::Timestamp(0..=3) => of_signed(count.wrapping_mul(1000)),
        // Microseconds, and picoseconds of them.
        TrinoType::Timestamp(7..) => of_signed(count.div_euclid(1000)) ^ of_signed(count.rem_euclid(1000) * 1000),
        // Milliseconds, and picoseconds of them.
        TrinoType::TimestampWithTimeZone(4..=6, _) => {
            of_signed(count.div_euclid(1000)) ^ of_signed(count.rem_euclid(1000) * 1_000_000)
        }
        TrinoType::TimestampWithTimeZone(7.., _) => {
            of_signed(count.div_euclid(1_000_000)) ^ of_signed(count.rem_euclid(1_000_000) * 1000)
        }
        _ => of_signed(count),
    };
    Ok(counts.into_iter().map(of_count).collect())
}

fn chained(hash: u64, next: u64) -> u64 {
    hash.wrapping_mul(31).wrapping_add(next)
}

fn of_lists(list: &ListArray, of: &TrinoType) -> Result<Vec<u64>> {
    let elements = Elements::of(list)?;
    let hashes = hashes(&elements.values, of)?;
    Ok((0..list.len())
        .map(|row| hashes[elements.range(row)].iter().fold(0, |hash, next| chained(hash, *next)))
        .collect())
}

fn of_maps(array: &ArrayRef, keys: &TrinoType, values: &TrinoType) -> Result<Vec<u64>> {
    let entries = Entries::of(array.as_map())?;
    let (keys, values) = (hashes(&entries.keys, keys)?, hashes(&entries.values, values)?);
    let of_row = |row| entries.range(row).fold(0_u64, |hash, at| hash.wrapping_add(keys[at] ^ values[at]));
    Ok((0..array.len()).map(of_row).collect())
}

fn of_rows(array: &ArrayRef, fields: &[(Option<String>, TrinoType)]) -> Result<Vec<u64>> {
    let mut found = vec![1; array.len()];
    for (column, (_, of)) in array.as_struct().columns().iter().zip(fields) {
        found.iter_mut().zip(hashes(column, of)?).for_each(|(hash, next)| *hash = chained(*hash, next));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_hashed_as_its_bytes_are() {
        for value in [0_u64, 1, 42, u64::MAX, 0x0123_4567_89AB_CDEF] {
            assert_eq!(of_long(value), of_bytes(&value.to_le_bytes()));
        }
    }
}
