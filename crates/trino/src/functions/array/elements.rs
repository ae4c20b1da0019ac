//! The elements of arrays, apart from the arrays.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ListArray, UInt32Array, new_null_array},
    buffer::{NullBuffer, OffsetBuffer},
    compute::{interleave, take},
    datatypes::{DataType, Field},
};
use datafusion::error::Result;

/// The elements of all arrays of a column, without those below a NULL.
pub(crate) struct Elements {
    /// Them all, row by row.
    pub(crate) values: ArrayRef,
    /// Where each row's begin.
    pub(crate) offsets: OffsetBuffer<i32>,
}

/// A number of rows or elements of a batch, which DataFusion keeps below 2³¹.
pub(crate) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Elements {
    pub(crate) fn of(list: &ListArray) -> Result<Self> {
        let lengths = (0..list.len())
            .map(|row| if list.is_null(row) { 0 } else { list.value_length(row).unsigned_abs() as usize });
        let offsets = OffsetBuffer::from_lengths(lengths);
        let (first, last) = (list.value_offsets()[0], list.value_offsets()[list.len()]);
        let total: i32 = offsets[list.len()];
        let values = if last - first == total {
            list.values().slice(first.unsigned_abs() as usize, total.unsigned_abs() as usize)
        } else {
            let of_row =
                |row: usize| list.value_offsets()[row].unsigned_abs()..list.value_offsets()[row + 1].unsigned_abs();
            let kept = (0..list.len()).filter(|row| list.is_valid(*row)).flat_map(of_row);
            take(list.values(), &UInt32Array::from_iter_values(kept), None)?
        };
        Ok(Self { values, offsets })
    }

    /// The elements of a row.
    pub(crate) fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.offsets[row].unsigned_abs() as usize..self.offsets[row + 1].unsigned_abs() as usize
    }

    /// The elements of rows that follow each other.
    pub(crate) fn range_of(&self, rows: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.offsets[rows.start].unsigned_abs() as usize..self.offsets[rows.end].unsigned_abs() as usize
    }

    /// The row of each element.
    pub(crate) fn rows(&self) -> Vec<u32> {
        (0..self.offsets.len() - 1).flat_map(|row| self.range(row).map(move |_| index(row))).collect()
    }
}

/// Arrays that are made by picking values from others.
pub(crate) struct Picks {
    sources: Vec<ArrayRef>,
    picked: Vec<(usize, usize)>,
    lengths: Vec<usize>,
    ended: usize,
    valid: Vec<bool>,
}

impl Picks {
    /// Sources must be of one type. The last source is one NULL.
    pub(crate) fn from(mut sources: Vec<ArrayRef>, rows: usize) -> Self {
        let of = sources.first().map_or(DataType::Null, |source| source.data_type().clone());
        sources.push(new_null_array(&of, 1));
        Self {
            sources,
            picked: Vec::new(),
            lengths: Vec::with_capacity(rows),
            ended: 0,
            valid: Vec::with_capacity(rows),
        }
    }

    pub(crate) fn push(&mut self, source: usize, at: usize) {
        self.picked.push((source, at));
    }

    pub(crate) fn push_null(&mut self) {
        self.picked.push((self.sources.len() - 1, 0));
    }

    /// What was pushed since is one array.
    pub(crate) fn end_row(&mut self) {
        self.lengths.push(self.picked.len() - self.ended);
        self.ended = self.picked.len();
        self.valid.push(true);
    }

    /// A row that is NULL.
    pub(crate) fn null_row(&mut self) {
        self.lengths.push(0);
        self.valid.push(false);
    }

    /// The values that were picked, without their rows.
    pub(crate) fn values(&self) -> Result<ArrayRef> {
        let sources: Vec<&dyn Array> = self.sources.iter().map(AsRef::as_ref).collect();
        if self.picked.is_empty() {
            return Ok(self.sources[0].slice(0, 0));
        }
        Ok(interleave(&sources, &self.picked)?)
    }

    pub(crate) fn finish(self) -> Result<ArrayRef> {
        let values = self.values()?;
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        Ok(Arc::new(ListArray::try_new(item, offsets, values, Some(NullBuffer::from(self.valid)))?))
    }
}
