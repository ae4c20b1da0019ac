//! `parse_data_size`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Decimal128Array, StringArray},
    datatypes::Decimal128Type,
};
use datafusion::error::Result;

use crate::{
    ErrorName,
    functions::{arithmetic::power_of_ten, conversion::parse_decimal, scalar::Call},
};

/// Each is 1024 times the one before.
const UNITS: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
/// Digits behind the point that are read.
const DIGITS: i8 = 12;

pub(super) fn parse_data_size(call: &Call) -> Result<ArrayRef> {
    let sizes = call.map1::<StringArray, _, Decimal128Array>(|text| {
        let bad = || ErrorName::InvalidFunctionArgument.error(format!("Invalid data size: '{text}'"));
        let end = text.find(|letter: char| letter.is_ascii_alphabetic()).ok_or_else(bad)?;
        let (number, unit) = text.split_at(end);
        let exponent = UNITS.iter().position(|known| *known == unit).ok_or_else(bad)?;
        let number = number.trim();
        if !number.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(bad());
        }
        let scaled = parse_decimal(number, DIGITS).flatten().ok_or_else(bad)?;
        let bytes = (0..exponent).try_fold(scaled, |bytes, _| bytes.checked_mul(1024));
        let too_large = || ErrorName::NumericValueOutOfRange.error(format!("Value out of range: '{text}' ('{text}')"));
        Ok(Some(bytes.ok_or_else(too_large)? / power_of_ten(u32::from(DIGITS.unsigned_abs()))))
    })?;
    let sizes = sizes.as_primitive::<Decimal128Type>().clone();
    Ok(Arc::new(sizes.with_data_type(call.types.result.data_type())))
}
