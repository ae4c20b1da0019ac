//! Casts to integers. Fractions are rounded half away from zero.

use arrow::{
    array::{ArrayRef, AsArray, Int64Array},
    datatypes::{Decimal128Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use super::{
    decimal::text_of_decimal,
    failures::{Failures, invalid, no_cast},
    java_number::write_f64,
};
use crate::{
    TrinoType,
    error::{ErrorName, TrinoError},
    functions::{
        arithmetic::{half_up, power_of_ten},
        scalar::{fit, integer_digits},
    },
};

/// The least and the largest value.
fn range(of: &TrinoType) -> (i64, i64) {
    match of {
        TrinoType::Tinyint => (i64::from(i8::MIN), i64::from(i8::MAX)),
        TrinoType::Smallint => (i64::from(i16::MIN), i64::from(i16::MAX)),
        TrinoType::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

/// The name by which errors call the type of integers.
fn shout(to: &TrinoType) -> &'static str {
    match to {
        TrinoType::Tinyint => "TINYINT",
        TrinoType::Smallint => "SMALLINT",
        TrinoType::Integer => "INT",
        _ => "BIGINT",
    }
}

fn out_of_range(to: &TrinoType, value: impl std::fmt::Display) -> TrinoError {
    ErrorName::NumericValueOutOfRange.named(format!("Out of range for {to}: {value}"))
}

pub(super) fn to_integer(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    let (least, most) = range(to);
    let within = |value: i64| (least..=most).contains(&value).then_some(value);
    match from {
        TrinoType::Boolean => failures.map::<_, _, Int64Array>(array.as_boolean(), |value| Ok(i64::from(value))),
        TrinoType::Varchar(_) | TrinoType::Char(_) => {
            failures.map::<_, _, Int64Array>(array.as_string::<i32>(), |text| {
                let value = text.parse().ok().and_then(within);
                value.ok_or_else(|| invalid(format!("Cannot cast '{text}' to {}", shout(to))))
            })
        }
        TrinoType::Real | TrinoType::Double => {
            let array = fit(array, &TrinoType::Double.data_type())?;
            failures.map::<_, _, Int64Array>(array.as_primitive::<Float64Type>(), |value| of_double(value, to))
        }
        TrinoType::Decimal { scale, .. } => {
            let divisor = power_of_ten(u32::from(scale.unsigned_abs()));
            failures.map::<_, _, Int64Array>(array.as_primitive::<Decimal128Type>(), |value| {
                let rounded = i64::try_from(half_up(value, divisor)).ok().and_then(within);
                let name = if *to == TrinoType::Integer { "INTEGER" } else { shout(to) };
                rounded.ok_or_else(|| invalid(format!("Cannot cast '{}' to {name}", text_of_decimal(value, *scale))))
            })
        }
        of if integer_digits(of) <= integer_digits(to) && integer_digits(of).is_some() => fit(array, &to.data_type()),
        of if integer_digits(of).is_some() => {
            let array = fit(array, &TrinoType::Bigint.data_type())?;
            failures.map::<_, _, Int64Array>(array.as_primitive::<Int64Type>(), |value| {
                within(value).ok_or_else(|| out_of_range(to, value))
            })
        }
        _ => Err(no_cast(from, to)),
    }
}

fn of_double(value: f64, to: &TrinoType) -> std::result::Result<i64, TrinoError> {
    let rounded = value.round();
    let mut shown = String::new();
    write_f64(value, &mut shown);
    // 2⁶³ is the first double that is no bigint.
    let is_bigint = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded);
    if *to == TrinoType::Bigint && !is_bigint {
        return Err(invalid(format!("Unable to cast {shown} to bigint")));
    }
    if value.is_nan() {
        return Err(invalid(format!("Cannot cast double NaN to {to}")));
    }
    let (least, most) = range(to);
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates, and what it saturates to is out of range")]
    let whole = rounded as i64;
    if (least..=most).contains(&whole) { Ok(whole) } else { Err(out_of_range(to, shown)) }
}
