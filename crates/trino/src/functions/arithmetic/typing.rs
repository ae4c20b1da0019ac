//! Types of results, after Trino's rules for decimals.

use datafusion::error::Result;

use crate::{
    ErrorName, TrinoType,
    functions::scalar::{Arguments, Fit, common_type, integer_digits},
};

const MOST_DIGITS: i16 = 38;

/// Precision and scale.
type Digits = (i16, i16);

fn is_number(of: &TrinoType) -> bool {
    let is_inexact = matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. } | TrinoType::Unknown);
    is_inexact || integer_digits(of).is_some()
}

/// A number as a decimal.
pub(super) fn digits(of: &TrinoType) -> Option<(u8, i8)> {
    match of {
        TrinoType::Decimal { precision, scale } => Some((*precision, *scale)),
        other => integer_digits(other).map(|digits| (digits, 0)),
    }
}

fn decimal((precision, scale): Digits) -> Result<TrinoType> {
    let precision = precision.min(MOST_DIGITS);
    match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(precision), Ok(scale)) if i16::from(scale) <= i16::from(precision) => {
            Ok(TrinoType::Decimal { precision, scale })
        }
        _ => Err(ErrorName::InvalidFunctionArgument
            .error(format!("DECIMAL scale must be in range [0, precision ({precision})]: {scale}"))),
    }
}

fn binary(arguments: &Arguments<'_>, of_decimals: fn(Digits, Digits) -> Digits) -> Result<Option<Fit>> {
    let [left, right] = arguments.types else { return Ok(None) };
    if !is_number(left) || !is_number(right) {
        return Ok(None);
    }
    let Some(common) = common_type(left, right) else { return Ok(None) };
    if let (TrinoType::Decimal { .. }, Some(a), Some(b)) = (&common, digits(left), digits(right)) {
        let wide = |(precision, scale): (u8, i8)| (i16::from(precision), i16::from(scale));
        let own = |(precision, scale)| TrinoType::Decimal { precision, scale };
        let result = decimal(of_decimals(wide(a), wide(b)))?;
        return Ok(Some(Fit { parameters: vec![own(a), own(b)], result }));
    }
    if let (TrinoType::Decimal { precision, scale }, true) = (&common, arguments.types.contains(&TrinoType::Unknown)) {
        let digits = (i16::from(*precision), i16::from(*scale));
        let result = decimal(of_decimals(digits, digits))?;
        return Ok(Some(Fit { parameters: vec![common.clone(), common], result }));
    }
    let common = if common == TrinoType::Unknown { TrinoType::Bigint } else { common };
    Ok(Some(Fit { parameters: vec![common.clone(), common.clone()], result: common }))
}

pub(super) fn add(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    binary(arguments, |(p, s), (q, t)| ((p - s).max(q - t) + s.max(t) + 1, s.max(t)))
}

pub(super) fn multiply(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    binary(arguments, |(p, s), (q, t)| (p + q, s + t))
}

pub(super) fn divide(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    binary(arguments, |(p, s), (_, t)| (p + t + (t - s).max(0), s.max(t)))
}

pub(super) fn modulus(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    binary(arguments, |(p, s), (q, t)| ((p - s).min(q - t) + s.max(t), s.max(t)))
}

pub(super) fn negate(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    Ok(match arguments.types {
        [of] if is_number(of) && *of != TrinoType::Unknown => {
            Some(Fit { parameters: vec![of.clone()], result: of.clone() })
        }
        _ => None,
    })
}
