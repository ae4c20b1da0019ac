//! Rows that are there twice.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::ArrayRef,
    row::{RowConverter, Rows, SortField},
};
use datafusion::error::Result;

use super::index;

/// Values as bytes that are the same if the values are, and in the order of the values, NULL last.
pub(crate) fn comparable(columns: &[ArrayRef]) -> Result<Rows> {
    let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|column| SortField::new_with_options(column.data_type().clone(), options));
    let columns: Vec<_> = columns.iter().map(Arc::clone).collect();
    Ok(RowConverter::new(fields.collect())?.convert_columns(&columns)?)
}

/// The first of each of the rows that are the same.
pub(crate) fn distinct_rows(columns: &[ArrayRef]) -> Result<Vec<u32>> {
    let rows = comparable(columns)?;
    let mut seen = HashSet::new();
    Ok((0..rows.num_rows()).filter(|at| seen.insert(rows.row(*at))).map(index).collect())
}
