//! The lists of many groups, in columns.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray, UInt32Array, new_empty_array},
    buffer::{NullBuffer, OffsetBuffer},
    compute::{concat, filter, is_not_null, prep_null_mask_filter, take},
    datatypes::{DataType, Field},
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{EmitTo, GroupsAccumulator},
};

use super::positions;

/// What came in, row by row, and which group each row is of.
#[derive(Debug)]
pub(super) struct OrderedLists {
    data_type: DataType,
    /// Columns of values, one behind the other.
    values: Vec<ArrayRef>,
    /// Position of each row; a NULL is the last there is.
    positions: Vec<i64>,
    /// Group of each row.
    groups: Vec<u32>,
    group_count: usize,
    /// Bytes that the values take.
    value_bytes: usize,
}

impl OrderedLists {
    pub(super) fn new(data_type: DataType) -> Self {
        Self {
            data_type,
            values: Vec::new(),
            positions: Vec::new(),
            groups: Vec::new(),
            group_count: 0,
            value_bytes: 0,
        }
    }

    pub(super) fn reserve_groups(&mut self, count: usize) {
        self.group_count = self.group_count.max(count);
    }

    fn add(&mut self, values: ArrayRef, positions: impl Iterator<Item = i64>, groups: impl Iterator<Item = usize>) {
        self.positions.extend(positions);
        // There are as many groups as rows at most, and the rows of a task fit into memory.
        self.groups.extend(groups.map(|group| u32::try_from(group).unwrap_or(u32::MAX)));
        if !values.is_empty() {
            self.value_bytes +=
                values.to_data().get_slice_memory_size().unwrap_or_else(|_| values.get_array_memory_size());
            self.values.push(values);
        }
    }

    /// Lists of values and of positions for the groups before `count`, each list in order.
    pub(super) fn lists(&self, count: usize) -> Result<[ArrayRef; 2]> {
        let (rows, offsets) = self.ordered_rows(count);
        let Ok(offsets) = offsets.iter().map(|&offset| i32::try_from(offset)).collect::<Result<Vec<i32>, _>>() else {
            return exec_err!(
                "array_agg_ordered has more than {} values to give at once: raise the number of partitions, so that a task has fewer groups",
                i32::MAX
            );
        };
        let offsets = OffsetBuffer::new(offsets.into());
        let held: Vec<bool> = offsets.windows(2).map(|ends| ends[0] < ends[1]).collect();
        let nulls = held.contains(&false).then(|| NullBuffer::from(held));
        let positions = Int64Array::from_iter_values(rows.iter().map(|&row| self.positions[row as usize]));
        let columns: Vec<&dyn Array> = self.values.iter().map(AsRef::as_ref).collect();
        let values = match columns[..] {
            [] => new_empty_array(&self.data_type),
            _ => take(&concat(&columns)?, &UInt32Array::from(rows), None)?,
        };
        let list = |values: ArrayRef| -> Result<ArrayRef> {
            let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
            Ok(Arc::new(ListArray::try_new(field, offsets.clone(), values, nulls.clone())?))
        };
        Ok([list(values)?, list(Arc::new(positions))?])
    }

    /// The rows of the groups before `count`, group by group and by position, and where each group begins and ends.
    fn ordered_rows(&self, count: usize) -> (Vec<u32>, Vec<usize>) {
        let mut offsets = vec![0; count + 1];
        let is_asked_for = |group: &u32| (*group as usize) < count;
        self.groups.iter().filter(|group| is_asked_for(group)).for_each(|&group| offsets[group as usize + 1] += 1);
        for group in 0..count {
            offsets[group + 1] += offsets[group];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; offsets[count]];
        for (row, group) in (0..).zip(&self.groups).filter(|(_, group)| is_asked_for(group)) {
            let place = &mut next[*group as usize];
            rows[*place] = row;
            *place += 1;
        }
        for ends in offsets.windows(2) {
            rows[ends[0]..ends[1]].sort_by_key(|&row| self.positions[row as usize]);
        }
        (rows, offsets)
    }

    /// Gives the lists of groups, and forgets them.
    fn emit(&mut self, emit_to: EmitTo) -> Result<[ArrayRef; 2]> {
        let count = match emit_to {
            EmitTo::All => self.group_count,
            EmitTo::First(count) => count,
        };
        let lists = self.lists(count)?;
        let rest: BooleanArray = self.groups.iter().map(|&group| Some(group as usize >= count)).collect();
        let values = std::mem::take(&mut self.values);
        let (positions, groups) = (std::mem::take(&mut self.positions), std::mem::take(&mut self.groups));
        let left = Self { group_count: self.group_count - count, ..Self::new(self.data_type.clone()) };
        *self = left;
        if rest.true_count() > 0 {
            let columns: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
            let values = filter(&concat(&columns)?, &rest)?;
            let stays = |row: usize| rest.value(row);
            let positions =
                positions.into_iter().enumerate().filter(|&(row, _)| stays(row)).map(|(_, position)| position);
            let groups = groups.into_iter().enumerate().filter(|&(row, _)| stays(row));
            self.add(values, positions, groups.map(|(_, group)| group as usize - count));
        }
        Ok(lists)
    }
}

/// The values of all lists, without what stands before and behind them.
fn held(lists: &ListArray) -> ArrayRef {
    let ends =
        [lists.offsets().first(), lists.offsets().last()].map(|end| end.map_or(0, |end| end.unsigned_abs() as usize));
    lists.values().slice(ends[0], ends[1] - ends[0])
}

impl GroupsAccumulator for OrderedLists {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.group_count = total_num_groups;
        let Some(wanted) = opt_filter else {
            self.add(Arc::clone(&values[0]), positions(&values[1]), group_indices.iter().copied());
            return Ok(());
        };
        let wanted = prep_null_mask_filter(wanted);
        let groups = group_indices.iter().enumerate().filter(|&(row, _)| wanted.value(row)).map(|(_, &group)| group);
        self.add(filter(&values[0], &wanted)?, positions(&filter(&values[1], &wanted)?), groups);
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let [values, _] = self.emit(emit_to)?;
        Ok(values)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(self.emit(emit_to)?.into())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.group_count = total_num_groups;
        // A list without rows is NULL, and others may have left values behind it.
        let wanted = is_not_null(&states[0])?;
        let (values, places) = (filter(&states[0], &wanted)?, filter(&states[1], &wanted)?);
        let (values, places) = (values.as_list::<i32>(), places.as_list::<i32>());
        let groups = group_indices.iter().enumerate().filter(|&(row, _)| wanted.value(row)).map(|(_, &group)| group);
        let groups = groups.zip(places.offsets().windows(2));
        let groups =
            groups.flat_map(|(group, ends)| std::iter::repeat_n(group, (ends[1] - ends[0]).unsigned_abs() as usize));
        self.add(held(values), positions(&held(places)), groups);
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut lists = Self::new(self.data_type.clone());
        let groups: Vec<usize> = (0..values[0].len()).collect();
        lists.update_batch(values, &groups, opt_filter, groups.len())?;
        lists.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + self.value_bytes
            + self.values.capacity() * size_of::<ArrayRef>()
            + self.positions.capacity() * size_of::<i64>()
            + self.groups.capacity() * size_of::<u32>()
    }
}
