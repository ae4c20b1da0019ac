//! Casts to decimals, and their texts. Digits that there is no room for are rounded half up.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Decimal128Array},
    datatypes::{Decimal128Type, Float32Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use super::failures::{Failures, invalid, no_cast};
use crate::{
    TrinoType,
    functions::{
        arithmetic::{half_up, power_of_ten},
        conversion::java_number::{write_f32, write_f64},
        scalar::{fit, integer_digits},
    },
};

pub(super) fn to_decimal(
    array: &ArrayRef,
    from: &TrinoType,
    to: (u8, i8),
    failures: &mut Failures,
) -> Result<ArrayRef> {
    let (precision, scale) = to;
    let name = format!("DECIMAL({precision}, {scale})");
    let limit = power_of_ten(u32::from(precision));
    let within = |value: i128| (-limit < value && value < limit).then_some(value);
    let unfit = |of: &str, value: &str| invalid(format!("Cannot cast {of} '{value}' to {name}"));
    let values = match from {
        TrinoType::Boolean => failures.map::<_, _, Decimal128Array>(array.as_boolean(), |value| {
            let scaled = rescaled(i128::from(value), 0, scale).and_then(within);
            scaled.ok_or_else(|| unfit("BOOLEAN", &value.to_string()))
        })?,
        TrinoType::Varchar(_) | TrinoType::Char(_) => {
            failures.map::<_, _, Decimal128Array>(array.as_string::<i32>(), |text| {
                match parse_decimal(text, scale) {
                    None => Err(invalid(format!("Cannot cast VARCHAR '{text}' to {name}. Value is not a number."))),
                    Some(value) => value
                        .and_then(within)
                        .ok_or_else(|| invalid(format!("Cannot cast VARCHAR '{text}' to {name}. Value too large."))),
                }
            })?
        }
        TrinoType::Double => failures.map::<_, _, Decimal128Array>(array.as_primitive::<Float64Type>(), |value| {
            let mut text = String::new();
            write_f64(value, &mut text);
            parse_decimal(&text, scale).flatten().and_then(within).ok_or_else(|| unfit("DOUBLE", &text))
        })?,
        TrinoType::Real => failures.map::<_, _, Decimal128Array>(array.as_primitive::<Float32Type>(), |value| {
            let mut text = String::new();
            write_f32(value, &mut text);
            parse_decimal(&text, scale).flatten().and_then(within).ok_or_else(|| unfit("REAL", &text))
        })?,
        TrinoType::Decimal { precision, scale: own } => {
            let of = format!("DECIMAL({precision}, {own})");
            failures.map::<_, _, Decimal128Array>(array.as_primitive::<Decimal128Type>(), |value| {
                let scaled = rescaled(value, *own, scale).and_then(within);
                scaled.ok_or_else(|| unfit(&of, &text_of_decimal(value, *own)))
            })?
        }
        of if integer_digits(of).is_some() => {
            let array = fit(array, &TrinoType::Bigint.data_type())?;
            let of = of.to_string().to_uppercase();
            failures.map::<_, _, Decimal128Array>(array.as_primitive::<Int64Type>(), |value| {
                let scaled = rescaled(i128::from(value), 0, scale).and_then(within);
                scaled.ok_or_else(|| unfit(&of, &value.to_string()))
            })?
        }
        _ => return Err(no_cast(from, &TrinoType::Decimal { precision, scale })),
    };
    let values = values.as_primitive::<Decimal128Type>().clone();
    Ok(Arc::new(values.with_data_type(TrinoType::Decimal { precision, scale }.data_type())))
}

/// A decimal of one scale in another; `None` if it does not fit 128 bits.
fn rescaled(value: i128, from: i8, to: i8) -> Option<i128> {
    if to >= from {
        return value.checked_mul(power_of_ten(u32::try_from(to - from).ok()?));
    }
    Some(half_up(value, power_of_ten(u32::try_from(from - to).ok()?)))
}

/// A number as `java.math.BigDecimal` reads it, times 10^`scale`. `None` if it is none, `Some(None)` if it is too large.
pub(crate) fn parse_decimal(text: &str, scale: i8) -> Option<Option<i128>> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (is_negative, unsigned) = match mantissa.as_bytes().first()? {
        b'-' => (true, &mantissa[1..]),
        b'+' => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    // How many digits stand before the point once the number is scaled.
    let point = i64::try_from(digits.len()).ok()? - i64::try_from(fraction.len()).ok()?
        + i64::from(exponent)
        + i64::from(scale);
    if digits.is_empty() || point < 0 {
        return Some(Some(0));
    }
    let Some(point) = usize::try_from(point).ok().filter(|point| *point <= 38) else { return Some(None) };
    let kept = format!("{:0<point$}", &digits[..point.min(digits.len())]);
    let value: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let rounded = value + i128::from(digits.as_bytes().get(point).is_some_and(|next| *next >= b'5'));
    Some(Some(if is_negative { -rounded } else { rounded }))
}

/// A decimal with all digits of its scale.
pub(crate) fn text_of_decimal(value: i128, scale: i8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    let Some(scale) = usize::try_from(scale).ok().filter(|scale| *scale > 0) else { return format!("{sign}{digits}") };
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}
