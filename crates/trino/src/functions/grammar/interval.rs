//! Sums and multiples of intervals, and times of day some interval later.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, PrimitiveArray},
    compute::try_binary,
    datatypes::{
        ArrowPrimitiveType, DurationMillisecondType, Float64Type, IntervalYearMonthType, Time64MicrosecondType,
    },
    error::ArrowError,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, Call, define},
};

/// Microseconds.
const DAY: i64 = 86_400_000_000;

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("$interval_add", sum, |call| added(call, 1)),
        define("$interval_subtract", sum, |call| added(call, -1)),
        define("$interval_multiply", multiple, |call| scaled(call, |value, by| Ok(value * by))),
        define("$interval_divide", multiple, |call| {
            scaled(call, |value, by| {
                if by == 0.0 {
                    return Err(failure(ErrorName::DivisionByZero, "Division by zero"));
                }
                Ok(value / by)
            })
        }),
    ]
}

fn is_interval(of: &TrinoType) -> bool {
    matches!(of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth)
}

fn sum(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of, other] if of == other && is_interval(of) => Some(of.clone()),
        [of @ TrinoType::Time(_), TrinoType::IntervalDayToSecond] => Some(of.clone()),
        _ => None,
    })
}

fn multiple(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of, TrinoType::Double] if is_interval(of) => Some(of.clone()),
        _ => None,
    })
}

fn failure(name: ErrorName, message: &str) -> ArrowError {
    ArrowError::ExternalError(Box::new(name.named(message)))
}

fn overflow() -> ArrowError {
    failure(ErrorName::NumericValueOutOfRange, "interval overflow")
}

fn added(call: &Call, sign: i64) -> Result<ArrayRef> {
    let (left, right) = (&call.arrays[0], &call.arrays[1]);
    Ok(match call.types[0] {
        TrinoType::IntervalYearToMonth => {
            let (left, right) =
                (left.as_primitive::<IntervalYearMonthType>(), right.as_primitive::<IntervalYearMonthType>());
            let sign = i32::try_from(sign).unwrap_or(1);
            let sum: PrimitiveArray<IntervalYearMonthType> =
                try_binary(left, right, |a: i32, b: i32| a.checked_add(sign * b).ok_or_else(overflow))?;
            Arc::new(sum)
        }
        TrinoType::Time(_) => {
            let left = left.as_primitive::<Time64MicrosecondType>();
            let right = right.as_primitive::<DurationMillisecondType>();
            let sum: PrimitiveArray<Time64MicrosecondType> = try_binary(left, right, |time: i64, millis: i64| {
                // Days do not matter to a time of day.
                let millis = millis % (DAY / 1000);
                Ok((time + sign * millis * 1000).rem_euclid(DAY))
            })?;
            Arc::new(sum)
        }
        _ => {
            let (left, right) =
                (left.as_primitive::<DurationMillisecondType>(), right.as_primitive::<DurationMillisecondType>());
            let sum: PrimitiveArray<DurationMillisecondType> = try_binary(left, right, |a: i64, b: i64| {
                b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or_else(overflow)
            })?;
            Arc::new(sum)
        }
    })
}

type Factor = fn(f64, f64) -> std::result::Result<f64, ArrowError>;

fn scaled(call: &Call, scale: Factor) -> Result<ArrayRef> {
    let by = call.doubles(1)?;
    Ok(match call.types[0] {
        TrinoType::IntervalYearToMonth => Arc::new(each::<IntervalYearMonthType>(call, &by, |months, by| {
            let scaled = scale(f64::from(months), by)?.trunc();
            if scaled.is_nan() || scaled.abs() > f64::from(i32::MAX) {
                return Err(overflow());
            }
            #[expect(clippy::cast_possible_truncation, reason = "it was looked at before")]
            Ok(scaled as i32)
        })?),
        _ => Arc::new(each::<DurationMillisecondType>(call, &by, |millis, by| {
            #[expect(clippy::cast_precision_loss, reason = "as Trino multiplies intervals")]
            let scaled = scale(millis as f64, by)?.trunc();
            #[expect(clippy::cast_precision_loss, reason = "the bound of what a cast keeps")]
            if scaled.is_nan() || scaled.abs() >= i64::MAX as f64 {
                return Err(overflow());
            }
            #[expect(clippy::cast_possible_truncation, reason = "it was looked at before")]
            Ok(scaled as i64)
        })?),
    })
}

fn each<T: ArrowPrimitiveType>(
    call: &Call,
    by: &PrimitiveArray<Float64Type>,
    scale: impl Fn(T::Native, f64) -> std::result::Result<T::Native, ArrowError>,
) -> Result<PrimitiveArray<T>> {
    Ok(try_binary(call.arrays[0].as_primitive::<T>(), by, scale)?)
}
