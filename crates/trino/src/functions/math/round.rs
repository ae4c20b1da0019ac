//! Rounding. Integers and floating-point numbers keep their types; decimals lose or gain digits before the point.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Decimal128Array, Float32Array, Float64Array, Int64Array},
    datatypes::{DataType, Decimal128Type, Float32Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use crate::{
    ErrorName, TrinoType,
    functions::{
        arithmetic::{half_up, overflow, power_of_ten},
        scalar::{Arguments, Call, Column, Fit, fit, integer_digits},
    },
};

/// How a number is brought to a multiple of a unit.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Up,
    Down,
    Half,
    Zero,
}

/// The result for a decimal of a precision and a scale.
type OfDecimal = fn(i16, i16) -> (i16, i16);

fn typing(arguments: &Arguments<'_>, whole: OfDecimal, digits: Option<OfDecimal>) -> Result<Option<Fit>> {
    let (of, of_decimal) = match (arguments.types, digits) {
        ([of], _) => (of, whole),
        ([of, places], Some(digits)) if integer_digits(places).is_some() || *places == TrinoType::Unknown => {
            (of, digits)
        }
        _ => return Ok(None),
    };
    let of = if *of == TrinoType::Unknown { &TrinoType::Double } else { of };
    let result = match of {
        TrinoType::Decimal { precision, scale } => {
            let (precision, scale) = of_decimal(i16::from(*precision), i16::from(*scale));
            match (u8::try_from(precision.clamp(1, 38)), i8::try_from(scale)) {
                (Ok(precision), Ok(scale)) => TrinoType::Decimal { precision, scale },
                _ => return Ok(None),
            }
        }
        TrinoType::Real | TrinoType::Double => of.clone(),
        other if integer_digits(other).is_some() => of.clone(),
        _ => return Ok(None),
    };
    let parameters = [of.clone(), TrinoType::Bigint].into_iter().take(arguments.types.len()).collect();
    Ok(Some(Fit { parameters, result }))
}

pub(super) fn typing_whole(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    typing(arguments, |p, s| (p - s + s.min(1), 0), None)
}

pub(super) fn typing_round(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    typing(arguments, |p, s| (p - s + s.min(1), 0), Some(|p, s| (p + 1, s)))
}

pub(super) fn typing_truncate(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    typing(arguments, |p, s| ((p - s).max(1), 0), Some(|p, s| (p, s)))
}

pub(super) fn ceil(call: &Call) -> Result<ArrayRef> {
    rounded(call, Mode::Up)
}

pub(super) fn floor(call: &Call) -> Result<ArrayRef> {
    rounded(call, Mode::Down)
}

pub(super) fn round(call: &Call) -> Result<ArrayRef> {
    rounded(call, Mode::Half)
}

pub(super) fn truncate(call: &Call) -> Result<ArrayRef> {
    rounded(call, Mode::Zero)
}

fn rounded(call: &Call, mode: Mode) -> Result<ArrayRef> {
    let places = (call.len() > 1).then(|| call.column::<Int64Array>(1)).transpose()?;
    let places = |row: usize| places.as_ref().map_or(Some(0), |places| places.get(row));
    let (array, is_constant) = call.array(0);
    match call.types.parameters[0] {
        TrinoType::Double if call.len() == 1 => {
            call.unary::<Float64Type, Float64Type>(|value| of_double(value, 0, mode))
        }
        TrinoType::Double => {
            let values = Column::new(array.as_primitive::<Float64Type>(), is_constant);
            call.collect::<_, Float64Array>(|row| {
                Ok(values.get(row).zip(places(row)).map(|(value, places)| of_double(value, places, mode)))
            })
        }
        TrinoType::Real => {
            let values = Column::new(array.as_primitive::<Float32Type>(), is_constant);
            call.collect::<_, Float32Array>(|row| {
                let pair = values.get(row).zip(places(row));
                #[expect(clippy::cast_possible_truncation, reason = "the result has the precision of its argument")]
                let value = pair.map(|(value, places)| of_double(f64::from(value), places, mode) as f32);
                Ok(value)
            })
        }
        TrinoType::Decimal { scale, .. } => {
            let values = Column::new(array.as_primitive::<Decimal128Type>(), is_constant);
            let values = call.collect::<_, Decimal128Array>(|row| {
                let Some((value, places)) = values.get(row).zip(places(row)) else { return Ok(None) };
                of_decimal(value, scale, places, mode, &call.types.result, call.len() == 1).map(Some)
            })?;
            let values = values.as_primitive::<Decimal128Type>().clone();
            Ok(Arc::new(values.with_data_type(call.types.result.data_type())))
        }
        _ => {
            let wide = fit(array, &DataType::Int64)?;
            let values = Column::new(wide.as_primitive::<Int64Type>(), is_constant);
            let values = call.collect::<_, Int64Array>(|row| {
                Ok(values
                    .get(row)
                    .zip(places(row))
                    .map(|(value, places)| if places >= 0 { value } else { of_integer(value, places, mode) }))
            })?;
            let out_of_range = |_| ErrorName::NumericValueOutOfRange.error("the rounded number does not fit its type");
            fit(&values, &call.types.result.data_type()).map_err(out_of_range)
        }
    }
}

fn to_multiple(value: i128, unit: i128, mode: Mode) -> i128 {
    match mode {
        Mode::Up => -(-value).div_euclid(unit),
        Mode::Down => value.div_euclid(unit),
        Mode::Half => half_up(value, unit),
        Mode::Zero => value / unit,
    }
}

fn unit(places: i64) -> i128 {
    power_of_ten(u32::try_from(places.unsigned_abs()).unwrap_or(38))
}

fn of_integer(value: i64, places: i64, mode: Mode) -> i64 {
    let unit = unit(places);
    i64::try_from(to_multiple(i128::from(value), unit, mode) * unit).unwrap_or(value)
}

fn of_double(value: f64, places: i64, mode: Mode) -> f64 {
    let whole = |value: f64| match mode {
        Mode::Up => value.ceil(),
        Mode::Down => value.floor(),
        Mode::Half => value.round(),
        Mode::Zero => value.trunc(),
    };
    if places == 0 || !value.is_finite() {
        return whole(value);
    }
    let factor = 10_f64.powi(i32::try_from(places).unwrap_or(if places > 0 { i32::MAX } else { i32::MIN }));
    let scaled = whole(value * factor) / factor;
    if scaled.is_finite() { scaled } else { value }
}

/// `is_whole` says that the result has no digits behind the point at all.
fn of_decimal(value: i128, scale: i8, places: i64, mode: Mode, to: &TrinoType, is_whole: bool) -> Result<i128> {
    let dropped = i64::from(scale) - places;
    if dropped <= 0 {
        return Ok(value);
    }
    if dropped > 38 {
        return Ok(0);
    }
    let unit = unit(dropped);
    let multiple = to_multiple(value, unit, mode);
    if is_whole {
        return Ok(multiple);
    }
    let TrinoType::Decimal { precision, .. } = to else { return Ok(multiple) };
    let limit = power_of_ten(u32::from(*precision));
    multiple.checked_mul(unit).filter(|value| value.abs() < limit).ok_or_else(overflow)
}
