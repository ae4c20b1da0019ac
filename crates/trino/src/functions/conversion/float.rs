//! Casts to `real` and `double`.

use arrow::{
    array::{ArrayRef, AsArray, Float32Array, Float64Array},
    datatypes::Decimal128Type,
};
use datafusion::error::Result;

use super::{
    decimal::text_of_decimal,
    failures::{Failures, invalid, no_cast},
};
use crate::{
    TrinoType,
    functions::scalar::{fit, integer_digits},
};

/// The unit of decimals of a scale, if it is a number of a kind that has all powers of ten up to `most`.
fn exact_unit(scale: i8, most: i8) -> Option<f64> {
    (0..=most).contains(&scale).then(|| 10_f64.powi(scale.into()))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "only numbers that a double or a real has"
)]
pub(super) fn to_float(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    let is_real = *to == TrinoType::Real;
    match from {
        TrinoType::Boolean => {
            failures.map::<_, _, Float64Array>(array.as_boolean(), |value| Ok(f64::from(u8::from(value))))
        }
        TrinoType::Varchar(_) | TrinoType::Char(_) if is_real => {
            failures.map::<_, _, Float32Array>(array.as_string::<i32>(), |text| {
                let number = java_form(text).and_then(|digits| digits.parse::<f32>().ok());
                number.ok_or_else(|| invalid(format!("Cannot cast '{text}' to REAL")))
            })
        }
        TrinoType::Varchar(_) | TrinoType::Char(_) => failures
            .map::<_, _, Float64Array>(array.as_string::<i32>(), |text| {
                parse_double(text).ok_or_else(|| invalid(format!("Cannot cast '{text}' to DOUBLE")))
            }),
        // Where that would round twice, through the text, so that the nearest number is found.
        TrinoType::Decimal { scale, .. } if is_real => {
            let unit = exact_unit(*scale, 10).map(|unit| unit as f32);
            failures.map::<_, _, Float32Array>(array.as_primitive::<Decimal128Type>(), |value| {
                if let (Some(unit), ..=0x100_0000) = (unit, value.unsigned_abs()) {
                    return Ok(value as f32 / unit);
                }
                let text = text_of_decimal(value, *scale);
                text.parse().map_err(|_| invalid(format!("Cannot cast '{text}' to REAL")))
            })
        }
        TrinoType::Decimal { scale, .. } => {
            let unit = exact_unit(*scale, 22);
            failures.map::<_, _, Float64Array>(array.as_primitive::<Decimal128Type>(), |value| {
                if let (Some(unit), ..=0x20_0000_0000_0000) = (unit, value.unsigned_abs()) {
                    return Ok(value as f64 / unit);
                }
                let text = text_of_decimal(value, *scale);
                text.parse().map_err(|_| invalid(format!("Cannot cast '{text}' to DOUBLE")))
            })
        }
        TrinoType::Real | TrinoType::Double => fit(array, &to.data_type()),
        of if integer_digits(of).is_some() => fit(array, &to.data_type()),
        _ => Err(no_cast(from, to)),
    }
}

/// A number as `Double.parseDouble` reads it.
fn parse_double(text: &str) -> Option<f64> {
    java_form(text)?.parse().ok()
}

/// What Java takes for a number, without what Rust does not know of it.
fn java_form(text: &str) -> Option<&str> {
    let text = text.trim_matches(|letter: char| letter <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "NaN" || unsigned == "Infinity" {
        return Some(text);
    }
    let is_number = unsigned.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    is_number.then(|| text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text))
}
