//! The rows of groups, one group after the other.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, ListArray, UInt32Array},
    buffer::{NullBuffer, OffsetBuffer},
    compute::{concat, take},
    datatypes::{Field, FieldRef},
};
use datafusion::error::Result;

use crate::functions::array::{comparable, index};

/// The rows of groups, those of a group next to each other.
pub(crate) struct Rows {
    /// The arguments.
    pub(crate) columns: Vec<ArrayRef>,
    /// Where the rows of each group begin, and where those of the last end.
    pub(super) offsets: Vec<usize>,
    /// What is returned.
    pub(crate) returns: FieldRef,
}

impl Rows {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.offsets.last().copied().unwrap_or_default()
    }

    /// The rows of each group.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Range<usize>> {
        self.offsets.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// Groups that have no rows, as NULL.
    pub(crate) fn nulls(&self) -> NullBuffer {
        NullBuffer::from_iter(self.groups().map(|rows| !rows.is_empty()))
    }

    /// How many rows each group has.
    pub(crate) fn lengths(&self) -> OffsetBuffer<i32> {
        OffsetBuffer::from_lengths(self.groups().map(|rows| rows.len()))
    }

    /// The values of a column in the first rows of the groups, NULL where there are none.
    pub(crate) fn first(&self, column: usize) -> Result<ArrayRef> {
        let firsts: UInt32Array = self.groups().map(|rows| (!rows.is_empty()).then(|| index(rows.start))).collect();
        Ok(take(&self.columns[column], &firsts, None)?)
    }

    /// Arrays of values, one a group; groups that have no rows are NULL.
    pub(crate) fn lists(&self, values: ArrayRef, lengths: OffsetBuffer<i32>) -> Result<ArrayRef> {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        Ok(Arc::new(ListArray::try_new(item, lengths, values, Some(self.nulls()))?))
    }

    /// The first of each of the rows of a group whose first so many columns are the same.
    pub(crate) fn distinct(&self, columns: usize) -> Result<Vec<u32>> {
        let keys = comparable(&self.columns[..columns])?;
        let mut kept = Vec::new();
        let mut seen = datafusion::common::HashSet::new();
        for rows in self.groups() {
            seen.clear();
            kept.extend(rows.filter(|at| seen.insert(keys.row(*at))).map(index));
        }
        Ok(kept)
    }

    /// Some of the rows, given group by group.
    pub(super) fn kept(&self, kept: Vec<u32>) -> Result<Self> {
        let mut offsets = Vec::with_capacity(self.offsets.len());
        let mut at = 0;
        for rows in self.groups() {
            offsets.push(at);
            at += kept[at..].iter().take_while(|row| rows.contains(&(**row as usize))).count();
        }
        offsets.push(at);
        let kept = UInt32Array::from(kept);
        let columns = self.columns.iter().map(|column| take(column, &kept, None));
        Ok(Self {
            columns: columns.collect::<std::result::Result<_, _>>()?,
            offsets,
            returns: Arc::clone(&self.returns),
        })
    }

    /// The rows of all groups but the first so many.
    pub(super) fn split_off(&mut self, groups: usize) -> Self {
        let start = self.offsets[groups];
        let rest = |column: &ArrayRef| column.slice(start, column.len() - start);
        let offsets = self.offsets[groups..].iter().map(|at| at - start).collect();
        let columns = self.columns.iter().map(rest).collect();
        self.columns.iter_mut().for_each(|column| *column = column.slice(0, start));
        self.offsets.truncate(groups + 1);
        Self { columns, offsets, returns: Arc::clone(&self.returns) }
    }
}

/// Batches of columns as one, the rows of each of so many groups next to each other in the order in which they came.
pub(super) fn arranged(
    batches: &[Vec<ArrayRef>],
    empty: impl Fn(usize) -> ArrayRef,
    columns: usize,
    groups: &[u32],
    total: usize,
) -> Result<(Vec<ArrayRef>, Vec<usize>)> {
    let mut offsets = vec![0; total + 1];
    groups.iter().for_each(|group| offsets[*group as usize + 1] += 1);
    (1..=total).for_each(|at| offsets[at] += offsets[at - 1]);
    let order = (!groups.is_sorted()).then(|| {
        let mut next = offsets.clone();
        let mut order = vec![0; groups.len()];
        for (row, group) in groups.iter().enumerate() {
            let place = &mut next[*group as usize];
            order[*place] = index(row);
            *place += 1;
        }
        UInt32Array::from(order)
    });
    let column = |at: usize| -> Result<ArrayRef> {
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch[at].as_ref()).collect();
        let joined = if parts.is_empty() { empty(at) } else { concat(&parts)? };
        Ok(match &order {
            Some(order) => take(&joined, order, None)?,
            None => joined,
        })
    };
    Ok(((0..columns).map(column).collect::<Result<_>>()?, offsets))
}
