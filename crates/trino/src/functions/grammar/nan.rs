//! One NaN for all.

use std::sync::Arc;

use arrow::{
    array::AsArray,
    datatypes::{DataType, Float32Type, Float64Type},
};
use datafusion::logical_expr::ScalarUDF;

use crate::{
    TrinoType,
    functions::define::{Arguments, define},
};

/// Numbers as they are, but for the NaNs, which become the positive quiet one.
///
/// Trino has one NaN, which is sorted behind all other numbers. Here there are many, and the engine sorts those with a
/// sign before all others: what x86 makes of `0e0 / 0e0` is one.
pub(super) fn one_nan() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| match arguments.types {
        [of @ (TrinoType::Double | TrinoType::Real)] => Ok(Some(of.clone())),
        _ => Ok(None),
    };
    define("$one_nan", typing, |call| {
        let array = &call.arrays[0];
        Ok(match array.data_type() {
            DataType::Float64 => {
                let array = array.as_primitive::<Float64Type>();
                Arc::new(array.unary::<_, Float64Type>(|value| if value.is_nan() { f64::NAN } else { value }))
            }
            DataType::Float32 => {
                let array = array.as_primitive::<Float32Type>();
                Arc::new(array.unary::<_, Float32Type>(|value| if value.is_nan() { f32::NAN } else { value }))
            }
            _ => Arc::clone(array),
        })
    })
}
