//! Shifts, within the width of the value's type. By as many bits as it has, or more, nothing is left of it.

use arrow::{
    array::{ArrayRef, AsArray, Int64Array},
    datatypes::{DataType, Int64Type},
};
use datafusion::error::Result;

use crate::{
    TrinoType,
    functions::scalar::{Arguments, Call, Column, Fit, fit, integer_digits},
};

pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let [value, shift] = arguments.types else { return Ok(None) };
    let is_shift = integer_digits(shift).is_some() || *shift == TrinoType::Unknown;
    let value = if *value == TrinoType::Unknown { &TrinoType::Bigint } else { value };
    Ok((integer_digits(value).is_some() && is_shift)
        .then(|| Fit { parameters: vec![value.clone(), TrinoType::Bigint], result: value.clone() }))
}

/// How many bits the type of the value has.
fn width(call: &Call) -> u32 {
    match call.types.result {
        TrinoType::Tinyint => 8,
        TrinoType::Smallint => 16,
        TrinoType::Integer => 32,
        _ => 64,
    }
}

fn shifted(call: &Call, f: impl Fn(i64, u32, u32) -> i64) -> Result<ArrayRef> {
    let (values, is_constant) = call.array(0);
    let values = fit(values, &DataType::Int64)?;
    let (values, shifts) =
        (Column::new(values.as_primitive::<Int64Type>(), is_constant), call.column::<Int64Array>(1)?);
    let width = width(call);
    let result = call.collect::<_, Int64Array>(|row| {
        let pair = values.get(row).zip(shifts.get(row));
        Ok(pair.map(|(value, shift)| f(value, u32::try_from(shift).unwrap_or(width).min(width), width)))
    })?;
    fit(&result, &call.types.result.data_type())
}

/// The lowest bits with the sign of the highest of them.
fn signed(value: i64, width: u32) -> i64 {
    value << (64 - width) >> (64 - width)
}

pub(super) fn left(call: &Call) -> Result<ArrayRef> {
    shifted(call, |value, shift, width| signed(value.checked_shl(shift).unwrap_or(0), width))
}

pub(super) fn right(call: &Call) -> Result<ArrayRef> {
    shifted(call, |value, shift, width| {
        let bits = value.cast_unsigned() << (64 - width) >> (64 - width);
        signed(bits.checked_shr(shift).unwrap_or(0).cast_signed(), width)
    })
}

pub(super) fn right_arithmetic(call: &Call) -> Result<ArrayRef> {
    shifted(call, |value, shift, _| value >> shift.min(63))
}
