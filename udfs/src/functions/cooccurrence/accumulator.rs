//! Collects groups and items, and counts when all are there.

use std::{mem::size_of, sync::Arc};

use ::cooccurrence::{Counter, Division, Neighbours};
use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, StructArray},
    buffer::OffsetBuffer,
    compute::{cast, concat},
    datatypes::{DataType, Field},
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::Accumulator, physical_expr::PhysicalExpr};

use super::{neighbour_fields, neighbour_rows, settings::Settings};
use crate::operators::cooccurrence::{Collected, Collector, Encoder, Groups};

/// Keeps the rows as they come; interning and counting happen once, at the end.
#[derive(Debug)]
pub(crate) struct CooccurrenceAccumulator {
    group_type: DataType,
    item_type: DataType,
    settings: Settings<Arc<dyn PhysicalExpr>>,
    /// Groups, items and positions, the last empty if there are none.
    rows: Vec<[ArrayRef; 3]>,
}

impl CooccurrenceAccumulator {
    pub(crate) fn new(group_type: DataType, item_type: DataType, settings: Settings<Arc<dyn PhysicalExpr>>) -> Self {
        Self { group_type, item_type, settings, rows: Vec::new() }
    }

    fn has_position(&self) -> bool {
        self.settings.position.is_some()
    }

    fn collect(&self) -> Result<Collected> {
        let mut encoder = Encoder::try_new(&self.group_type, &self.item_type, self.has_position())?;
        let mut collector = Collector::try_new(&self.group_type, &self.item_type)?;
        for [groups, items, positions] in &self.rows {
            let positions = self.has_position().then_some(positions);
            if let Some(batch) = encoder.encode(groups, items, positions)? {
                collector.push(&batch)?;
            }
        }
        for batch in encoder.finish()? {
            collector.push(&batch)?;
        }
        collector.whole(&self.settings.options, 1)
    }

    fn count(&self) -> Result<ScalarValue> {
        let collected = self.collect()?;
        let mut counter = Counter::new(&self.settings.options);
        let mut found = Neighbours::default();
        if let Groups::Whole(incidence) = &collected.groups {
            for block in Division::new(collected.numbering.costs(), 1, self.settings.options.k).blocks() {
                counter.count(incidence, block, &mut found);
            }
        }
        let fields = neighbour_fields(&self.item_type);
        let rows = neighbour_rows(found, &collected.numbering, &collected.values, &fields)?;
        let field = Arc::new(Field::new_list_field(DataType::Struct(fields), true));
        let offsets = OffsetBuffer::<i32>::from_lengths([rows.len()]);
        Ok(ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, Arc::new(rows), None)?)))
    }

    fn lists(&self) -> Result<Vec<ScalarValue>> {
        let types = [&self.group_type, &self.item_type, &DataType::Int64];
        types
            .into_iter()
            .enumerate()
            .map(|(index, data_type)| list(data_type, self.rows.iter().map(|arrays| &arrays[index])))
            .collect()
    }
}

impl Accumulator for CooccurrenceAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let positions = match values.get(2).and_then(|options| options.as_any().downcast_ref::<StructArray>()) {
            Some(options) if self.has_position() => match options.column_by_name("position") {
                Some(positions) => cast(positions, &DataType::Int64)?,
                None => arrow::array::new_null_array(&DataType::Int64, values[0].len()),
            },
            _ => arrow::array::new_empty_array(&DataType::Int64),
        };
        self.rows.push([Arc::clone(&values[0]), Arc::clone(&values[1]), positions]);
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.count()
    }

    fn size(&self) -> usize {
        let arrays = self.rows.iter().flatten().map(|array| array.get_array_memory_size());
        size_of::<Self>() + arrays.sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let lists = self.lists();
        self.rows.clear();
        lists
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = [states[0].as_list::<i32>(), states[1].as_list::<i32>(), states[2].as_list::<i32>()];
        for row in 0..lists[0].len() {
            if lists[0].is_valid(row) {
                self.rows.push(lists.map(|list| list.value(row)));
            }
        }
        Ok(())
    }
}

/// All rows as one list, for the way to the next stage.
fn list<'a>(data_type: &DataType, arrays: impl Iterator<Item = &'a ArrayRef>) -> Result<ScalarValue> {
    let arrays: Vec<&dyn Array> = arrays.map(AsRef::as_ref).collect();
    let values = if arrays.is_empty() { arrow::array::new_empty_array(data_type) } else { concat(&arrays)? };
    let field = Arc::new(Field::new_list_field(data_type.clone(), true));
    let offsets = OffsetBuffer::<i32>::from_lengths([values.len()]);
    Ok(ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, values, None)?)))
}
