//! Values to be compared.

use std::sync::Arc;

use arrow::{
    array::ArrayRef,
    row::{RowConverter, Rows, SortField},
};
use datafusion::error::Result;

/// Values as bytes that are the same if the values are, and in the order of the values, NULL last.
pub(crate) fn comparable(columns: &[ArrayRef]) -> Result<Rows> {
    let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|column| SortField::new_with_options(column.data_type().clone(), options));
    let columns: Vec<_> = columns.iter().map(Arc::clone).collect();
    Ok(RowConverter::new(fields.collect())?.convert_columns(&columns)?)
}
