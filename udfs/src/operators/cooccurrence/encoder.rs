//! Turns rows into runs of numbers.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ListArray, UInt32Array, UInt64Array, new_null_array},
    buffer::OffsetBuffer,
    compute::{and, cast, filter, is_not_null, partition, take},
    datatypes::{DataType, Field, SchemaRef},
    record_batch::RecordBatch,
};
use datafusion::error::Result;
use uuid::Uuid;

use super::{dictionary::Dictionary, encoded::encoded_schema};

/// Entries of a dictionary in one batch.
const DICTIONARY_ROWS: usize = 8192;

/// Numbers the items of one partition.
///
/// Rows of a group that follow each other become one run; a group may come in any number of runs, and in any number of
/// partitions.
#[derive(Debug)]
pub(crate) struct Encoder {
    schema: SchemaRef,
    /// Unlike that of any other encoder, attempts of the same task included.
    id: u64,
    items: Dictionary,
    item_type: DataType,
    has_position: bool,
}

impl Encoder {
    pub(crate) fn try_new(group: &DataType, item: &DataType, has_position: bool) -> Result<Self> {
        Ok(Self {
            schema: encoded_schema(group, item),
            id: Uuid::new_v4().as_u64_pair().0,
            items: Dictionary::try_new(item)?,
            item_type: item.clone(),
            has_position,
        })
    }

    /// The runs of some rows, those with a NULL left out; none if no row is left.
    pub(crate) fn encode(
        &mut self,
        groups: &ArrayRef,
        items: &ArrayRef,
        positions: Option<&ArrayRef>,
    ) -> Result<Option<RecordBatch>> {
        let mut columns = vec![Arc::clone(groups), Arc::clone(items)];
        if let Some(positions) = positions.filter(|_| self.has_position) {
            columns.push(cast(positions, &DataType::Int64)?);
        }
        let columns = without_nulls(columns)?;
        let [groups, items, ..] = columns.as_slice() else { return Ok(None) };
        if groups.is_empty() {
            return Ok(None);
        }
        let runs = partition(&[Arc::clone(groups)])?.ranges();
        let starts: UInt32Array = runs.iter().filter_map(|run| u32::try_from(run.start).ok()).collect();
        let lengths = OffsetBuffer::<i32>::from_lengths(runs.iter().map(ExactSizeIterator::len));
        let numbers = list(Arc::new(UInt32Array::from(self.items.numbers(items)?)), lengths.clone())?;
        let positions = match columns.get(2) {
            Some(positions) => list(Arc::clone(positions), lengths)?,
            None => new_null_array(self.schema.field(3).data_type(), runs.len()),
        };
        let columns = vec![
            self.id_column(runs.len()),
            take(groups, &starts, None)?,
            numbers,
            positions,
            new_null_array(&DataType::UInt32, runs.len()),
            new_null_array(&self.item_type, runs.len()),
        ];
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }

    /// The dictionary. The encoder begins anew under another id.
    pub(crate) fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let values = self.items.take()?;
        let mut batches = Vec::new();
        for start in (0..values.len()).step_by(DICTIONARY_ROWS) {
            let rows = DICTIONARY_ROWS.min(values.len() - start);
            let numbers: UInt32Array = (start..start + rows).filter_map(|number| u32::try_from(number).ok()).collect();
            let nulls = |index: usize| new_null_array(self.schema.field(index).data_type(), rows);
            let columns =
                vec![self.id_column(rows), nulls(1), nulls(2), nulls(3), Arc::new(numbers), values.slice(start, rows)];
            batches.push(RecordBatch::try_new(Arc::clone(&self.schema), columns)?);
        }
        self.id = Uuid::new_v4().as_u64_pair().0;
        Ok(batches)
    }

    /// Bytes that are held.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.items.memory_bytes()
    }

    fn id_column(&self, rows: usize) -> ArrayRef {
        Arc::new(UInt64Array::from(vec![self.id; rows]))
    }
}

/// The rows in which no column is NULL.
fn without_nulls(columns: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
    let mut known = None;
    for column in columns.iter().filter(|column| column.null_count() > 0) {
        let here = is_not_null(column)?;
        known = Some(match known {
            Some(before) => and(&before, &here)?,
            None => here,
        });
    }
    match known {
        Some(known) => Ok(columns.iter().map(|column| filter(column, &known)).collect::<Result<_, _>>()?),
        None => Ok(columns),
    }
}

/// Lists of these lengths.
fn list(values: ArrayRef, lengths: OffsetBuffer<i32>) -> Result<ArrayRef> {
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), false));
    Ok(Arc::new(ListArray::try_new(field, lengths, values, None)?))
}
