//! `abs` and `sign`, of the type of their argument.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array, Float32Array, Float64Array, Int64Array},
    datatypes::{Decimal128Type, Float32Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use crate::{
    ErrorName, TrinoType,
    functions::scalar::{Arguments, Call, Fit, fit, integer_digits},
};

pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let [of] = arguments.types else { return Ok(None) };
    let of = if *of == TrinoType::Unknown { &TrinoType::Double } else { of };
    let is_inexact = matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. });
    Ok((is_inexact || integer_digits(of).is_some()).then(|| Fit { parameters: vec![of.clone()], result: of.clone() }))
}

/// The sign of a decimal is a decimal of one digit.
pub(super) fn typing_sign(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let fit = typing(arguments)?;
    Ok(fit.map(|fit| match fit.result {
        TrinoType::Decimal { .. } => Fit { result: TrinoType::Decimal { precision: 1, scale: 0 }, ..fit },
        _ => fit,
    }))
}

pub(super) fn abs(call: &Call) -> Result<ArrayRef> {
    let (array, _) = call.array(0);
    Ok(match &call.types.result {
        TrinoType::Double => Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(f64::abs)),
        TrinoType::Real => Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float32Type>(f32::abs)),
        TrinoType::Decimal { .. } => {
            let values = array.as_primitive::<Decimal128Type>().unary::<_, Decimal128Type>(i128::abs);
            Arc::new(values.with_data_type(array.data_type().clone()))
        }
        of => {
            let least = match of {
                TrinoType::Tinyint => i64::from(i8::MIN),
                TrinoType::Smallint => i64::from(i16::MIN),
                TrinoType::Integer => i64::from(i32::MIN),
                _ => i64::MIN,
            };
            let values = fit(array, &TrinoType::Bigint.data_type())?;
            let values: Result<Int64Array> = values
                .as_primitive::<Int64Type>()
                .iter()
                .map(|value| match value {
                    Some(value) if value == least => {
                        let message = format!("Value {value} is out of range for abs({of})");
                        Err(ErrorName::NumericValueOutOfRange.error(message))
                    }
                    other => Ok(other.map(i64::abs)),
                })
                .collect();
            fit(&(Arc::new(values?) as ArrayRef), &of.data_type())?
        }
    })
}

pub(super) fn sign(call: &Call) -> Result<ArrayRef> {
    let (array, _) = call.array(0);
    Ok(match &call.types.parameters[0] {
        TrinoType::Double => {
            let sign = |x: f64| if x == 0.0 || x.is_nan() { x } else { x.signum() };
            Arc::new(array.as_primitive::<Float64Type>().iter().map(|x| x.map(sign)).collect::<Float64Array>())
        }
        TrinoType::Real => {
            let sign = |x: f32| if x == 0.0 || x.is_nan() { x } else { x.signum() };
            Arc::new(array.as_primitive::<Float32Type>().iter().map(|x| x.map(sign)).collect::<Float32Array>())
        }
        TrinoType::Decimal { .. } => {
            let signs = array.as_primitive::<Decimal128Type>().iter().map(|x| x.map(i128::signum));
            let signs: Decimal128Array = signs.collect();
            Arc::new(signs.with_data_type(call.types.result.data_type()))
        }
        of => {
            let values = fit(array, &TrinoType::Bigint.data_type())?;
            let signs = values.as_primitive::<Int64Type>().unary::<_, Int64Type>(i64::signum);
            fit(&(Arc::new(signs) as ArrayRef), &of.data_type())?
        }
    })
}
