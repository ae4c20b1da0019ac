//! `=` and its like of reals and doubles: NaN is equal to nothing, not less and not greater, and 0 is equal to -0.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray},
    datatypes::{ArrowPrimitiveType, Float32Type, Float64Type},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let is_float = match arguments.types {
        [a, b] => a == b && matches!(a, TrinoType::Real | TrinoType::Double),
        _ => false,
    };
    Ok(is_float.then_some(TrinoType::Boolean))
}

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("$equal", typing, |call| compared(call, |a, b| a == b, |a, b| a == b)),
        define("$not_equal", typing, |call| compared(call, |a, b| a != b, |a, b| a != b)),
        define("$less", typing, |call| compared(call, |a, b| a < b, |a, b| a < b)),
        define("$less_or_equal", typing, |call| compared(call, |a, b| a <= b, |a, b| a <= b)),
        define("$greater", typing, |call| compared(call, |a, b| a > b, |a, b| a > b)),
        define("$greater_or_equal", typing, |call| compared(call, |a, b| a >= b, |a, b| a >= b)),
    ]
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
