//! Maps out of keys and values.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, MapArray, StructArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, Field, Fields},
    row::{RowConverter, SortField},
    util::display::array_value_to_string,
};
use datafusion::error::Result;

use crate::{ErrorName, functions::array::Elements};

/// Keys and values of the maps of a column, without those below a NULL.
pub(crate) struct Entries {
    pub(crate) keys: ArrayRef,
    pub(crate) values: ArrayRef,
    pub(crate) offsets: OffsetBuffer<i32>,
}

impl Entries {
    pub(crate) fn of(map: &MapArray) -> Result<Self> {
        let entries: ArrayRef = Arc::new(map.entries().clone());
        let item = Arc::new(Field::new("item", entries.data_type().clone(), true));
        let list = arrow::array::ListArray::try_new(item, map.offsets().clone(), entries, map.nulls().cloned())?;
        let Elements { values, offsets } = Elements::of(&list)?;
        let entries = arrow::array::AsArray::as_struct(&values);
        Ok(Self { keys: Arc::clone(entries.column(0)), values: Arc::clone(entries.column(1)), offsets })
    }

    /// The entries of a row.
    pub(crate) fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.offsets[row].unsigned_abs() as usize..self.offsets[row + 1].unsigned_abs() as usize
    }

    /// The row of each entry.
    pub(crate) fn rows(&self) -> Vec<u32> {
        (0..self.offsets.len() - 1)
            .flat_map(|row| self.range(row).map(move |_| crate::functions::array::index(row)))
            .collect()
    }

    /// Maps of these entries, whose keys are neither NULL nor the same within a map.
    pub(crate) fn into_maps(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let keys = Arc::new(Field::new("key", self.keys.data_type().clone(), false));
        let values = Arc::new(Field::new("value", self.values.data_type().clone(), true));
        let entries = StructArray::try_new(Fields::from(vec![keys, values]), vec![self.keys, self.values], None)?;
        let field = Arc::new(Field::new("entries", DataType::Struct(entries.fields().clone()), false));
        Ok(Arc::new(MapArray::try_new(field, self.offsets, entries, nulls, false)?))
    }

    /// The same with a look at the keys.
    ///
    /// # Errors
    /// INVALID_FUNCTION_ARGUMENT if a key is NULL, or in a map twice, which `duplicate` words.
    pub(crate) fn try_into_maps(self, nulls: Option<NullBuffer>, duplicate: fn(&str) -> String) -> Result<ArrayRef> {
        if self.keys.logical_null_count() > 0 {
            return Err(ErrorName::InvalidFunctionArgument.error("map key cannot be null"));
        }
        let converter = RowConverter::new(vec![SortField::new(self.keys.data_type().clone())])?;
        let rows = converter.convert_columns(&[Arc::clone(&self.keys)])?;
        let mut seen = HashSet::new();
        for row in 0..self.offsets.len() - 1 {
            seen.clear();
            for at in self.range(row) {
                if !seen.insert(rows.row(at)) {
                    let key = array_value_to_string(&self.keys, at)?;
                    return Err(ErrorName::InvalidFunctionArgument.error(duplicate(&key)));
                }
            }
        }
        self.into_maps(nulls)
    }
}

/// The words of `map()` and most others for a key that is there twice.
pub(crate) fn duplicate_map_keys(key: &str) -> String {
    format!("Duplicate map keys ({key}) are not allowed")
}
