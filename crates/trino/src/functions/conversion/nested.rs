//! Casts of arrays, maps and rows, value by value. Under `TRY_CAST` one that fails inside makes the whole NULL.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray},
    datatypes::DataType,
};
use datafusion::error::Result;

use super::{
    cast::cast_values,
    failures::{Failures, no_cast},
};
use crate::TrinoType;

pub(super) fn to_nested(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    match (from, to, to.data_type()) {
        (TrinoType::Array(from), TrinoType::Array(to), DataType::List(field)) => {
            let lists = array.as_list::<i32>();
            let mut inner = failures.inner();
            let values = cast_values(lists.values(), from, to, &mut inner)?;
            inner.pass_on(lists.offsets(), failures);
            Ok(Arc::new(ListArray::try_new(field, lists.offsets().clone(), values, lists.nulls().cloned())?))
        }
        (TrinoType::Map(key, value), TrinoType::Map(to_key, to_value), DataType::Map(field, sorted)) => {
            let maps = array.as_map();
            let mut inner = failures.inner();
            let keys = cast_values(maps.keys(), key, to_key, &mut inner)?;
            let values = cast_values(maps.values(), value, to_value, &mut inner)?;
            inner.pass_on(maps.offsets(), failures);
            let DataType::Struct(fields) = field.data_type() else { return Err(no_cast(from, to)) };
            let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
            let nulls = maps.nulls().cloned();
            Ok(Arc::new(MapArray::try_new(field, maps.offsets().clone(), entries, nulls, sorted)?))
        }
        (TrinoType::Row(members), TrinoType::Row(wanted), DataType::Struct(fields)) => {
            let rows = array.as_struct();
            if members.len() != wanted.len() {
                return Err(no_cast(from, to));
            }
            let columns = rows
                .columns()
                .iter()
                .zip(members.iter().zip(wanted))
                .map(|(column, ((_, of), (_, to)))| cast_values(column, of, to, failures));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(StructArray::try_new(fields, columns, rows.nulls().cloned())?))
        }
        _ => Err(no_cast(from, to)),
    }
}
