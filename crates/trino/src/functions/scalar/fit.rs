//! Arrays in the type that a field asks for.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayData, ArrayRef, make_array, new_null_array},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, FieldRef},
};
use datafusion::error::Result;

/// The same values in another type; if only names and notes of fields differ, without a look at the values.
pub(crate) fn fit(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    if array.data_type().is_null() {
        return Ok(new_null_array(to, array.len()));
    }
    if array.data_type().equals_datatype(to) {
        return Ok(make_array(renamed(&array.to_data(), to)?));
    }
    Ok(cast_with_options(array, to, &CastOptions { safe: false, ..CastOptions::default() })?)
}

fn renamed(data: &ArrayData, to: &DataType) -> Result<ArrayData> {
    let fields: Vec<&FieldRef> = match to {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => {
            vec![item]
        }
        DataType::Struct(fields) => fields.iter().collect(),
        _ => Vec::new(),
    };
    let children = data.child_data().iter().zip(fields).map(|(child, field)| renamed(child, field.data_type()));
    let children: Vec<_> = children.collect::<Result<_>>()?;
    Ok(data.clone().into_builder().data_type(to.clone()).child_data(children).build()?)
}
