//! Decimals of up to 38 digits. What has more is an error; quotients are rounded half up.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Decimal128Array},
    datatypes::{Decimal128Type, i256},
};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, TrinoType, functions::scalar::Call};

/// 10³⁸: what has as many digits is too large.
const LIMIT: i128 = 10_i128.pow(38);

/// 10ⁿ for n from 0 to 38.
pub(crate) fn power_of_ten(exponent: u32) -> i128 {
    10_i128.pow(exponent.min(38))
}

/// The error of a result of more than 38 digits.
pub(crate) fn overflow() -> DataFusionError {
    ErrorName::NumericValueOutOfRange.error("Decimal overflow")
}

fn scale_of(of: &TrinoType) -> i8 {
    match of {
        TrinoType::Decimal { scale, .. } => *scale,
        _ => 0,
    }
}

fn factor(from: i8, to: i8) -> i128 {
    power_of_ten(u32::try_from(to - from).unwrap_or_default())
}

fn fits(value: i128) -> Option<i128> {
    (-LIMIT < value && value < LIMIT).then_some(value)
}

fn narrow(value: i256) -> Option<i128> {
    value.to_i128().and_then(fits)
}

/// The values of an operator, each made by `f`; `None` of it is an overflow.
fn binary(call: &Call, f: impl Fn(i128, i128) -> Result<Option<i128>>) -> Result<ArrayRef> {
    let nulls = call.valid()?;
    let ((left, left_constant), (right, right_constant)) = (call.array(0), call.array(1));
    let (left, right) = (left.as_primitive::<Decimal128Type>(), right.as_primitive::<Decimal128Type>());
    let f = |a, b| f(a, b)?.ok_or_else(overflow);
    // A loop for each case, as what is looked at for every row takes longer than the operator.
    let values: Result<Vec<i128>> = match (&nulls, left.values(), right.values()) {
        (None, left, right) if !left_constant && !right_constant => {
            left.iter().zip(right).map(|(a, b)| f(*a, *b)).collect()
        }
        (None, left, right) if !left_constant && !right.is_empty() => left.iter().map(|a| f(*a, right[0])).collect(),
        (None, left, right) if !right_constant && !left.is_empty() => right.iter().map(|b| f(left[0], *b)).collect(),
        (nulls, left, right) => {
            let at = |values: &[i128], is_constant: bool, row: usize| values[if is_constant { 0 } else { row }];
            let is_valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            let value = |row| match is_valid(row) {
                true => f(at(left, left_constant, row), at(right, right_constant, row)),
                false => Ok(0),
            };
            (0..call.rows).map(value).collect()
        }
    };
    let array = Decimal128Array::try_new(values?.into(), nulls)?;
    Ok(Arc::new(array.with_data_type(call.types.result.data_type())))
}

/// The product, if it fits. Most factors are small, and those of 64 bits have a product of at most 38 digits.
fn product(a: i128, b: i128) -> Option<i128> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Some(i128::from(a) * i128::from(b)),
        _ => a.checked_mul(b),
    }
}

/// What the operands are multiplied by to have the scale of the result.
fn factors(call: &Call) -> (i128, i128) {
    let to = scale_of(&call.types.result);
    (factor(scale_of(&call.types.parameters[0]), to), factor(scale_of(&call.types.parameters[1]), to))
}

pub(super) fn add(call: &Call) -> Result<ArrayRef> {
    let (left, right) = factors(call);
    binary(call, |a, b| match product(a, left).zip(product(b, right)) {
        Some((a, b)) => Ok(a.checked_add(b).and_then(fits)),
        None => Ok(narrow(wide(a, left) + wide(b, right))),
    })
}

pub(super) fn subtract(call: &Call) -> Result<ArrayRef> {
    let (left, right) = factors(call);
    binary(call, |a, b| match product(a, left).zip(product(b, right)) {
        Some((a, b)) => Ok(a.checked_sub(b).and_then(fits)),
        None => Ok(narrow(wide(a, left) - wide(b, right))),
    })
}

pub(super) fn multiply(call: &Call) -> Result<ArrayRef> {
    binary(call, |a, b| Ok(product(a, b).and_then(fits)))
}

pub(super) fn divide(call: &Call) -> Result<ArrayRef> {
    let (from, by) = (scale_of(&call.types.parameters[0]), scale_of(&call.types.parameters[1]));
    let factor = factor(from, scale_of(&call.types.result) + by);
    binary(call, |a, b| {
        if b == 0 {
            return Err(ErrorName::DivisionByZero.error("Division by zero"));
        }
        Ok(match product(a, factor) {
            Some(a) => fits(half_up(a, b)),
            None => {
                let (a, b) = (wide(a, factor), i256::from_i128(b));
                let (quotient, rest) = (a / b, a % b);
                let magnitude = |value: i256| value.wrapping_abs();
                let away = if (a < i256::ZERO) == (b < i256::ZERO) { i256::ONE } else { i256::MINUS_ONE };
                let is_half = magnitude(rest) * i256::from_i128(2) >= magnitude(b);
                narrow(if is_half { quotient + away } else { quotient })
            }
        })
    })
}

pub(super) fn modulus(call: &Call) -> Result<ArrayRef> {
    let (left, right) = factors(call);
    binary(call, |a, b| {
        if b == 0 {
            return Err(ErrorName::DivisionByZero.error("Division by zero"));
        }
        Ok(match product(a, left).zip(product(b, right)) {
            Some((a, b)) => fits(a % b),
            None => narrow(wide(a, left) % wide(b, right)),
        })
    })
}

fn wide(value: i128, factor: i128) -> i256 {
    i256::from_i128(value) * i256::from_i128(factor)
}

/// The quotient, with halves away from zero.
pub(crate) fn half_up(value: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (value / divisor, value % divisor);
    let is_half = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
    match (is_half, (value < 0) == (divisor < 0)) {
        (false, _) => quotient,
        (true, true) => quotient + 1,
        (true, false) => quotient - 1,
    }
}
