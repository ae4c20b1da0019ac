//! `ROW(…)`, `r.x` and `ARRAY[…]`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, StructArray, UInt32Array, make_array},
    buffer::{NullBuffer, OffsetBuffer},
    compute::{concat, take},
    datatypes::DataType,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use crate::{
    TrinoType,
    functions::define::{Arguments, define, fit},
};

/// A row of the arguments, without names.
pub(super) fn row() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let fields = arguments.types.iter().map(|of| (None, of.clone())).collect::<Vec<_>>();
        Ok((!fields.is_empty()).then_some(TrinoType::Row(fields)))
    };
    define("$row", typing, |call| {
        let DataType::Struct(fields) = call.returns.data_type().clone() else {
            return datafusion::common::internal_err!("a row is kept as a struct");
        };
        let values: Result<Vec<_>> =
            call.arrays.iter().zip(&fields).map(|(array, field)| fit(array, field.data_type())).collect();
        Ok(Arc::new(StructArray::try_new(fields, values?, None)?))
    })
}

/// The field at the place that the second argument says, from 0; NULL of a row that is NULL.
pub(super) fn field() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let (Some(TrinoType::Row(fields)), Some(at)) = (arguments.types.first(), arguments.integer(1)) else {
            return Ok(None);
        };
        Ok(usize::try_from(at).ok().and_then(|at| fields.get(at)).map(|(_, of)| of.clone()))
    };
    define("$field", typing, |call| {
        let row = call.rows_of(0);
        let at = usize::try_from(call.integers(1)?.value(0)).unwrap_or(usize::MAX);
        let Some(values) = row.columns().get(at) else {
            return datafusion::common::internal_err!("the field was there when the call was typed");
        };
        Ok(below(values, row.nulls()))
    })
}

/// Values that are NULL where the row around them is.
fn below(values: &ArrayRef, around: Option<&NullBuffer>) -> ArrayRef {
    let Some(around) = around.filter(|nulls| nulls.null_count() > 0 && !values.data_type().is_null()) else {
        return Arc::clone(values);
    };
    let nulls = NullBuffer::union(Some(around), values.nulls());
    let data = values.to_data().into_builder().nulls(nulls);
    // The same buffers, with more of them hidden.
    data.build().map_or_else(|_| Arc::clone(values), make_array)
}

/// An array of the arguments, which have one type.
pub(super) fn array() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let of = arguments.types.first().cloned();
        Ok(of.map(|of| TrinoType::Array(Box::new(of))))
    };
    define("$array", typing, |call| {
        let DataType::List(item) = call.returns.data_type().clone() else {
            return datafusion::common::internal_err!("an array is kept as a list");
        };
        let values: Result<Vec<_>> = call.arrays.iter().map(|array| fit(array, item.data_type())).collect();
        let values = values?;
        let all = concat(&values.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        // Argument after argument, and now row after row.
        let (width, rows) = (values.len(), call.rows);
        let order = (0..rows).flat_map(|row| (0..width).map(move |at| at * rows + row));
        let order = UInt32Array::from_iter_values(order.map(crate::functions::array::index));
        let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(width, rows));
        Ok(Arc::new(arrow::array::ListArray::try_new(item, offsets, take(&all, &order, None)?, None)?))
    })
}
