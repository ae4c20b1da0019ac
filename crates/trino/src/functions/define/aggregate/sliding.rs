//! Frames of windows that rows leave again.

use std::fmt;

use arrow::{
    array::{Array, ArrayRef},
    compute::concat,
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::Accumulator};

use super::function::Factory;

/// Keeps the rows of the frame and makes its value of them anew for each row, which takes a time in proportion to the
/// frame.
pub(crate) struct Sliding {
    make: Factory,
    columns: Vec<ArrayRef>,
}

impl Sliding {
    pub(crate) fn new(make: Factory) -> Self {
        Self { make, columns: Vec::new() }
    }
}

impl fmt::Debug for Sliding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sliding").finish_non_exhaustive()
    }
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if self.columns.is_empty() {
            self.columns = values.to_vec();
            return Ok(());
        }
        for (column, more) in self.columns.iter_mut().zip(values) {
            *column = concat(&[column.as_ref(), more.as_ref()])?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut accumulator = (self.make)();
        if !self.columns.is_empty() {
            accumulator.update_batch(&self.columns)?;
        }
        accumulator.evaluate()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.columns.iter().map(Array::get_array_memory_size).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut accumulator = (self.make)();
        accumulator.update_batch(&self.columns)?;
        accumulator.state()
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        datafusion::common::internal_err!("a frame of a window has no parts")
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for (column, gone) in self.columns.iter_mut().zip(values) {
            *column = column.slice(gone.len(), column.len() - gone.len());
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}
