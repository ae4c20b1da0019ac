//! What happens to values that cannot be cast.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayAccessor, ArrayRef},
    buffer::OffsetBuffer,
};
use datafusion::error::Result;

use crate::{
    TrinoType,
    error::{ErrorName, TrinoError},
};

/// Rows whose values do not fit: the first ends a `CAST`, all are NULL under `TRY_CAST`.
#[derive(Debug)]
pub(super) struct Failures {
    is_try: bool,
    pub(super) rows: Vec<usize>,
}

impl Failures {
    pub(super) fn new(is_try: bool) -> Self {
        Self { is_try, rows: Vec::new() }
    }

    /// The same for the values inside of arrays, maps and rows.
    pub(super) fn inner(&self) -> Self {
        Self::new(self.is_try)
    }

    /// Notes the rows that hold a value that failed.
    pub(super) fn pass_on(&self, offsets: &OffsetBuffer<i32>, rows: &mut Self) {
        for at in &self.rows {
            let row = offsets.partition_point(|start| usize::try_from(*start).is_ok_and(|start| start <= *at));
            rows.rows.push(row.saturating_sub(1));
        }
    }

    pub(super) fn note<T>(&mut self, row: usize, value: std::result::Result<T, TrinoError>) -> Result<Option<T>> {
        match value {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.is_try => {
                self.rows.push(row);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Casts each value that is not NULL.
    pub(super) fn map<'a, A, R, O>(
        &mut self,
        array: &'a A,
        f: impl Fn(<&'a A as ArrayAccessor>::Item) -> std::result::Result<R, TrinoError>,
    ) -> Result<ArrayRef>
    where
        A: Array,
        &'a A: ArrayAccessor,
        O: Array + FromIterator<Option<R>> + 'static,
    {
        let values: Result<O> = (0..array.len())
            .map(|row| if array.is_valid(row) { self.note(row, f(array.value(row))) } else { Ok(None) })
            .collect();
        Ok(Arc::new(values?))
    }
}

/// The error of a value that a type does not hold.
pub(super) fn invalid(message: String) -> TrinoError {
    ErrorName::InvalidCastArgument.named(message)
}

/// The error of types between which there is no cast.
pub(super) fn no_cast(from: &TrinoType, to: &TrinoType) -> datafusion::error::DataFusionError {
    ErrorName::TypeMismatch.error(format!("Cannot cast {from} to {to}"))
}
