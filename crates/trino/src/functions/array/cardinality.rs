//! `cardinality`.

use std::sync::Arc;

use arrow::array::{Array, Int64Array};
use datafusion::logical_expr::ScalarUDF;

use crate::{TrinoType, functions::define::define};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![cardinality()]
}

/// `cardinality(array)`, `cardinality(map)`: how many elements or entries there are. NULL for NULL. That of a
/// HyperLogLog is `trino$hll_cardinality`.
fn cardinality() -> Arc<ScalarUDF> {
    define(
        "cardinality",
        |arguments| match arguments.types {
            [TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Unknown] => Ok(Some(TrinoType::Bigint)),
            _ => Ok(None),
        },
        |call| {
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
