//! `cardinality`.

use std::sync::Arc;

use arrow::array::{Array, Int64Array};
use datafusion::logical_expr::ScalarUDF;

use crate::{TrinoType, functions::define::define};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![cardinality()]
}

/// `cardinality(array)`, `cardinality(map)`: how many elements or entries there are. `cardinality(HyperLogLog)`: how
/// many different values it has seen, about. NULL for NULL.
fn cardinality() -> Arc<ScalarUDF> {
    define(
        "cardinality",
        |arguments| match arguments.types {
            [TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::HyperLogLog | TrinoType::Unknown] => {
                Ok(Some(TrinoType::Bigint))
            }
            _ => Ok(None),
        },
        |call| {
            if call.types[0] == TrinoType::HyperLogLog {
                return Ok(Arc::new(crate::functions::sketch::cardinalities(&call.arrays[0])?));
            }
            let (offsets, nulls) = match &call.types[0] {
                TrinoType::Map(..) => (call.maps(0).offsets().clone(), call.maps(0).nulls().cloned()),
                _ => {
                    let list = call.lists(0)?;
                    (list.offsets().clone(), list.nulls().cloned())
                }
            };
            let lengths = offsets.lengths().map(|length| i64::try_from(length).unwrap_or(i64::MAX));
            Ok(Arc::new(Int64Array::new(lengths.collect::<Vec<_>>().into(), nulls)))
        },
    )
}
