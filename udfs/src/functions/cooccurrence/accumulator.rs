//! Collects groups and items, and counts when all are there.

use std::{mem::size_of, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Builder, Int64Builder, ListArray, StructArray, UInt32Array},
    buffer::OffsetBuffer,
    compute::{and, concat, filter, is_not_null, rank, take},
    datatypes::{DataType, Field, Schema},
};
use datafusion::{
    common::{ScalarValue, internal_err},
    error::{DataFusionError, Result},
    logical_expr::Accumulator,
    physical_plan::aggregates::{group_values::new_group_values, order::GroupOrdering},
};

use super::{
    neighbour_fields,
    sparse_product::{Incidence, Neighbour},
};

/// Keeps the rows as they come; interning and counting happen once, at the end.
#[derive(Debug)]
pub(crate) struct CooccurrenceAccumulator {
    group_type: DataType,
    item_type: DataType,
    k: u32,
    min_count: u32,
    groups: Vec<ArrayRef>,
    items: Vec<ArrayRef>,
}

impl CooccurrenceAccumulator {
    pub(crate) fn new(group_type: DataType, item_type: DataType, k: u32, min_count: u32) -> Self {
        Self { group_type, item_type, k, min_count, groups: Vec::new(), items: Vec::new() }
    }

    fn push(&mut self, groups: &ArrayRef, items: &ArrayRef) -> Result<()> {
        if groups.null_count() == 0 && items.null_count() == 0 {
            self.groups.push(Arc::clone(groups));
            self.items.push(Arc::clone(items));
            return Ok(());
        }
        let known = and(&is_not_null(groups)?, &is_not_null(items)?)?;
        self.groups.push(filter(groups, &known)?);
        self.items.push(filter(items, &known)?);
        Ok(())
    }

    fn count(&self) -> Result<ScalarValue> {
        let (group_ids, groups) = intern(&self.group_type, &self.groups)?;
        let (item_ids, items) = intern(&self.item_type, &self.items)?;
        let (order, items) = in_value_order(&items)?;
        let pairs = group_ids.iter().zip(&item_ids).map(|(group, item)| (*group, order[*item as usize])).collect();
        let incidence = Incidence::new(pairs, groups.len(), items.len());
        let mut columns = NeighbourColumns::default();
        incidence.top_neighbours(self.k, self.min_count, |neighbour| columns.push(neighbour));
        columns.finish(&items)
    }
}

impl Accumulator for CooccurrenceAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.push(&values[0], &values[1])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.count()
    }

    fn size(&self) -> usize {
        let arrays = self.groups.iter().chain(&self.items).map(|array| array.get_array_memory_size());
        size_of::<Self>() + arrays.sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![
            list(&self.group_type, std::mem::take(&mut self.groups))?,
            list(&self.item_type, std::mem::take(&mut self.items))?,
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (groups, items) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in 0..groups.len() {
            if groups.is_valid(row) {
                self.push(&groups.value(row), &items.value(row))?;
            }
        }
        Ok(())
    }
}

/// All rows as one list, for the way to the next stage.
fn list(data_type: &DataType, arrays: Vec<ArrayRef>) -> Result<ScalarValue> {
    let values = concat_all(data_type, &arrays)?;
    let field = Arc::new(Field::new_list_field(data_type.clone(), true));
    let offsets = OffsetBuffer::<i32>::from_lengths([values.len()]);
    Ok(ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, values, None)?)))
}

fn concat_all(data_type: &DataType, arrays: &[ArrayRef]) -> Result<ArrayRef> {
    if arrays.is_empty() {
        return Ok(arrow::array::new_empty_array(data_type));
    }
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    Ok(concat(&arrays)?)
}

/// Numbers the distinct values in the order of their coming: (number of each row, value of each number).
fn intern(data_type: &DataType, arrays: &[ArrayRef]) -> Result<(Vec<u32>, ArrayRef)> {
    let schema = Arc::new(Schema::new(vec![Field::new("value", data_type.clone(), false)]));
    let mut values = new_group_values(schema, &GroupOrdering::None)?;
    let mut ids = Vec::with_capacity(arrays.iter().map(Array::len).sum());
    let mut numbers = Vec::new();
    for array in arrays {
        values.intern(&[Arc::clone(array)], &mut numbers)?;
        for number in numbers.drain(..) {
            ids.push(u32::try_from(number).map_err(|_| {
                DataFusionError::Execution("cooccurrence takes at most 4294967295 distinct groups and items".to_owned())
            })?);
        }
    }
    if ids.is_empty() {
        return Ok((ids, arrow::array::new_empty_array(data_type)));
    }
    match values.emit(datafusion::logical_expr::EmitTo::All)?.pop() {
        Some(distinct) => Ok((ids, distinct)),
        None => internal_err!("interned values without a column"),
    }
}

/// Renumbers values by their order, so that ties do not depend on the order of the input: (new number of each old
/// one, values in order).
fn in_value_order(values: &ArrayRef) -> Result<(Vec<u32>, ArrayRef)> {
    let ranks = rank(values, None)?;
    let order: Vec<u32> = ranks.iter().map(|rank| rank - 1).collect();
    let mut inverse = vec![0_u32; order.len()];
    for (old, new) in (0..).zip(&order) {
        inverse[*new as usize] = old;
    }
    let sorted = take(values, &UInt32Array::from(inverse), None)?;
    Ok((order, sorted))
}

#[derive(Default)]
struct NeighbourColumns {
    items: Vec<u32>,
    neighbours: Vec<u32>,
    counts: [Int64Builder; 4],
    measures: [Float64Builder; 5],
}

impl NeighbourColumns {
    fn push(&mut self, found: Neighbour) {
        let counts = found.counts;
        self.items.push(found.item);
        self.neighbours.push(found.neighbour);
        let numbers = [found.rank, counts.pair, counts.item, counts.neighbour];
        for (builder, number) in self.counts.iter_mut().zip(numbers) {
            builder.append_value(i64::from(number));
        }
        let measures = [counts.cosine(), counts.jaccard(), counts.lift(), counts.npmi(), counts.conditional()];
        for (builder, measure) in self.measures.iter_mut().zip(measures) {
            builder.append_value(measure);
        }
    }

    fn finish(mut self, values: &ArrayRef) -> Result<ScalarValue> {
        let fields = neighbour_fields(values.data_type());
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(fields.len());
        columns.push(take(values, &UInt32Array::from(self.items), None)?);
        columns.push(take(values, &UInt32Array::from(self.neighbours), None)?);
        columns.extend(self.counts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        columns.extend(self.measures.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        let neighbours = StructArray::try_new(fields, columns, None)?;
        let field = Arc::new(Field::new_list_field(neighbours.data_type().clone(), true));
        let offsets = OffsetBuffer::<i32>::from_lengths([neighbours.len()]);
        Ok(ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, Arc::new(neighbours), None)?)))
    }
}
