//! Bounds of a file's columns, kept in the manifest so that a reader need not open files that cannot matter to it.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Schema};
use parquet::file::{
    metadata::{ColumnChunkMetaData, ParquetMetaData},
    statistics::Statistics,
};
use serde::{Deserialize, Serialize};

/// Least and greatest value of an integer, date or timestamp column in one file, in the column's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnBounds {
    /// Least value; [`None`] if the file has NULL only.
    pub min: Option<i64>,
    /// Greatest value; [`None`] if the file has NULL only.
    pub max: Option<i64>,
    /// Rows with NULL.
    pub nulls: u64,
}

impl ColumnBounds {
    fn join(self, other: Self) -> Self {
        Self {
            min: self.min.into_iter().chain(other.min).min(),
            max: self.max.into_iter().chain(other.max).max(),
            nulls: self.nulls + other.nulls,
        }
    }
}

/// Bounds of those columns of a finished file that have an order which 64 bits can tell.
pub(crate) fn of_file(schema: &Schema, metadata: &ParquetMetaData) -> BTreeMap<String, ColumnBounds> {
    let mut bounds = BTreeMap::new();
    let columns = metadata.file_metadata().schema_descr().columns();
    for (index, column) in columns.iter().enumerate() {
        let is_bounded = |name: &str| schema.field_with_name(name).is_ok_and(|field| has_bounds(field.data_type()));
        let [name] = column.path().parts() else { continue };
        if !is_bounded(name) {
            continue;
        }
        let chunks = metadata.row_groups().iter().map(|group| of_chunk(group.column(index)));
        let joined = chunks.reduce(|left, right| Some(left?.join(right?))).flatten();
        bounds.extend(joined.map(|joined| (name.clone(), joined)));
    }
    bounds
}

/// Whether the manifest keeps bounds of columns of this type.
pub fn has_bounds(data_type: &DataType) -> bool {
    use DataType as T;
    matches!(data_type, T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::Date32 | T::Timestamp(..))
}

fn of_chunk(chunk: &ColumnChunkMetaData) -> Option<ColumnBounds> {
    let statistics = chunk.statistics()?;
    let (min, max) = match statistics {
        Statistics::Int32(values) => {
            (values.min_opt().copied().map(i64::from), values.max_opt().copied().map(i64::from))
        }
        Statistics::Int64(values) => (values.min_opt().copied(), values.max_opt().copied()),
        _ => return None,
    };
    let nulls = statistics.null_count_opt()?;
    let rows = u64::try_from(chunk.num_values()).ok()?;
    // A chunk with values and without bounds says nothing.
    (min.is_some() == max.is_some() && (min.is_some() || nulls == rows)).then_some(ColumnBounds { min, max, nulls })
}
