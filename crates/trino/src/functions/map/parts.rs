//! `map_keys`, `map_values`, `map_entries`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ListArray, StructArray},
    datatypes::{Field, Fields},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::Entries;
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("map_keys", |arguments| Ok(typing(arguments, |key, _| key)), |call| lists(call, |e| Ok(e.0))),
        define("map_values", |arguments| Ok(typing(arguments, |_, value| value)), |call| lists(call, |e| Ok(e.1))),
        define("map_entries", |arguments| Ok(typing(arguments, row)), |call| lists(call, rows)),
    ]
}

/// `map_keys(map)`, `map_values(map)`: the arrays of the keys and of the values; `map_entries(map)`: that of rows of
/// both. NULL for NULL.
fn typing(arguments: &Arguments<'_>, of: fn(TrinoType, TrinoType) -> TrinoType) -> Option<TrinoType> {
    match arguments.types {
        [TrinoType::Map(key, value)] => {
            Some(TrinoType::Array(Box::new(of(key.as_ref().clone(), value.as_ref().clone()))))
        }
        _ => None,
    }
}

fn row(key: TrinoType, value: TrinoType) -> TrinoType {
    TrinoType::Row(vec![(None, key), (None, value)])
}

fn rows((keys, values): (ArrayRef, ArrayRef)) -> Result<ArrayRef> {
    let fields = Fields::from(vec![
        Field::new("0", keys.data_type().clone(), true),
        Field::new("1", values.data_type().clone(), true),
    ]);
    Ok(Arc::new(StructArray::try_new(fields, vec![keys, values], None)?))
}

fn lists(call: &Call, of: fn((ArrayRef, ArrayRef)) -> Result<ArrayRef>) -> Result<ArrayRef> {
    let entries = Entries::of(&call.maps(0))?;
    let values = of((entries.keys, entries.values))?;
    let item = Arc::new(Field::new("item", values.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, entries.offsets, values, call.maps(0).nulls().cloned())?))
}
