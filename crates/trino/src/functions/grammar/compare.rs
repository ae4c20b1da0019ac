//! `=` and its like of reals and doubles, in which NaN is equal to nothing, not less and not greater, and 0 is equal to
//! -0, and of arrays, maps and rows.

use std::{cmp::Ordering, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray},
    datatypes::{ArrowPrimitiveType, Float32Type, Float64Type},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::nested;
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let is_known = match arguments.types {
        [a, b] => a == b && (is_nested(a) || matches!(a, TrinoType::Real | TrinoType::Double)),
        _ => false,
    };
    Ok(is_known.then_some(TrinoType::Boolean))
}

fn is_nested(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_))
}

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("$equal", typing, |call| match is_nested(&call.types[0]) {
            true => Ok(Arc::new(nested::equal(call, true)?)),
            false => compared(call, |a, b| a == b, |a, b| a == b),
        }),
        define("$not_equal", typing, |call| match is_nested(&call.types[0]) {
            true => Ok(Arc::new(nested::equal(call, false)?)),
            false => compared(call, |a, b| a != b, |a, b| a != b),
        }),
        define("$less", typing, |call| ordered(call, Ordering::is_lt, |a, b| a < b, |a, b| a < b)),
        define("$less_or_equal", typing, |call| ordered(call, Ordering::is_le, |a, b| a <= b, |a, b| a <= b)),
        define("$greater", typing, |call| ordered(call, Ordering::is_gt, |a, b| a > b, |a, b| a > b)),
        define("$greater_or_equal", typing, |call| ordered(call, Ordering::is_ge, |a, b| a >= b, |a, b| a >= b)),
        define("$distinct", nested_typing, |call| Ok(Arc::new(nested::distinct(call, true)?))),
        define("$not_distinct", nested_typing, |call| Ok(Arc::new(nested::distinct(call, false)?))),
    ]
}

fn nested_typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(typing(arguments)?.filter(|_| is_nested(&arguments.types[0])))
}

fn ordered(
    call: &Call,
    holds: fn(Ordering) -> bool,
    doubles: fn(f64, f64) -> bool,
    reals: fn(f32, f32) -> bool,
) -> Result<ArrayRef> {
    match is_nested(&call.types[0]) {
        true => Ok(Arc::new(nested::ordered(call, holds)?)),
        false => compared(call, doubles, reals),
    }
}

fn compared(call: &Call, doubles: fn(f64, f64) -> bool, reals: fn(f32, f32) -> bool) -> Result<ArrayRef> {
    match call.types[0] {
        TrinoType::Real => values::<Float32Type>(call, reals),
        _ => values::<Float64Type>(call, doubles),
    }
}

fn values<T: ArrowPrimitiveType>(call: &Call, holds: fn(T::Native, T::Native) -> bool) -> Result<ArrayRef> {
    let (left, right) = (&call.arrays[0], &call.arrays[1]);
    let (left, right) = (left.as_primitive::<T>(), right.as_primitive::<T>());
    let bits = arrow::buffer::BooleanBuffer::collect_bool(left.len(), |at| holds(left.value(at), right.value(at)));
    let nulls = arrow::buffer::NullBuffer::union(arrow::array::Array::nulls(left), arrow::array::Array::nulls(right));
    Ok(Arc::new(BooleanArray::new(bits, nulls)))
}
