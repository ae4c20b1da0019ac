//! One argument, row by row.

use arrow::array::{Array, ArrayAccessor};

/// An argument's values, whether it is constant or not.
#[derive(Debug)]
pub(crate) struct Column<'a, A> {
    array: &'a A,
    /// 0 for a constant, else 1.
    step: usize,
}

impl<'a, A: Array> Column<'a, A>
where
    &'a A: ArrayAccessor,
{
    pub(crate) fn new(array: &'a A, is_constant: bool) -> Self {
        Self { array, step: usize::from(!is_constant) }
    }

    /// The value of a row, unless it is NULL.
    pub(crate) fn get(&self, row: usize) -> Option<<&'a A as ArrayAccessor>::Item> {
        let at = row * self.step;
        self.array.is_valid(at).then(|| self.array.value(at))
    }
}
