//! What the manifest knows of files, in the planner's words: which files a query needs, and bounds for the planner.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::{
    catalog::Session,
    common::{ColumnStatistics, DFSchema, ScalarValue, Statistics, pruning::PrunableStatistics, stats::Precision},
    error::Result,
    logical_expr::{Expr, utils::conjunction},
    physical_optimizer::pruning::PruningPredicateBuilder,
};
use lake::{ColumnBounds, DataFile};

/// Those of the files that may have rows for which all filters hold.
///
/// # Errors
/// A plan error if a filter does not fit the schema.
pub(super) fn prune(
    state: &dyn Session,
    files: Vec<DataFile>,
    schema: &SchemaRef,
    filters: &[Expr],
) -> Result<Vec<DataFile>> {
    let Some(filter) = conjunction(filters.iter().cloned()) else { return Ok(files) };
    let predicate = state.create_physical_expr(filter, &DFSchema::try_from(Arc::clone(schema))?)?;
    let predicate = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema)).try_build(predicate)?;
    if predicate.always_true() {
        return Ok(files);
    }
    let statistics = files.iter().map(|file| Arc::new(of_file(file, schema))).collect();
    let needed = predicate.prune(&PrunableStatistics::new(statistics, Arc::clone(schema)))?;
    Ok(files.into_iter().zip(needed).filter_map(|(file, needed)| needed.then_some(file)).collect())
}

/// Counts and bounds of all files together, which let the planner choose the smaller side of a join and answer some
/// questions without reading.
///
/// # Errors
/// An internal error if a column's bounds cannot be compared.
pub(super) fn of_files(files: &[DataFile], schema: &SchemaRef) -> Result<Statistics> {
    let each: Vec<Statistics> = files.iter().map(|file| of_file(file, schema)).collect();
    let Some((first, others)) = each.split_first() else {
        return Ok(Statistics { num_rows: Precision::Exact(0), ..Statistics::new_unknown(schema) });
    };
    let mut all = first.clone();
    for statistics in others {
        all.num_rows = all.num_rows.add(&statistics.num_rows);
        for (all, one) in all.column_statistics.iter_mut().zip(&statistics.column_statistics) {
            all.null_count = all.null_count.add(&one.null_count);
            all.min_value = all.min_value.min(&one.min_value);
            all.max_value = all.max_value.max(&one.max_value);
        }
    }
    Ok(all)
}

fn of_file(file: &DataFile, schema: &SchemaRef) -> Statistics {
    Statistics {
        num_rows: exact(file.rows),
        total_byte_size: Precision::Absent,
        column_statistics: schema.fields().iter().map(|field| of_column(file, field)).collect(),
    }
}

fn of_column(file: &DataFile, field: &Field) -> ColumnStatistics {
    let unknown = ColumnStatistics::new_unknown();
    if let Some((min, max)) = of_partitions(file, field) {
        return ColumnStatistics {
            null_count: Precision::Exact(0),
            min_value: Precision::Exact(min),
            max_value: Precision::Exact(max),
            ..unknown
        };
    }
    let Some(ColumnBounds { min, max, nulls }) = file.bounds.get(field.name()) else { return unknown };
    let value = |bound: &Option<i64>| {
        let value = ScalarValue::Int64(*bound).cast_to(field.data_type()).ok().filter(|value| !value.is_null());
        value.map_or(Precision::Absent, Precision::Exact)
    };
    ColumnStatistics { null_count: exact(*nulls), min_value: value(min), max_value: value(max), ..unknown }
}

/// Least and greatest value of a column that divides the table's rows, if no row has NULL there.
fn of_partitions(file: &DataFile, field: &Field) -> Option<(ScalarValue, ScalarValue)> {
    if *field.data_type() != DataType::Utf8 {
        return None;
    }
    let values: Option<Vec<&String>> = file.partitions().map(|values| values.get(field.name())).collect();
    let values = values?;
    let text = |value: &&String| ScalarValue::Utf8(Some((*value).clone()));
    Some((values.iter().min().map(text)?, values.iter().max().map(text)?))
}

fn exact(count: u64) -> Precision<usize> {
    usize::try_from(count).map_or(Precision::Absent, Precision::Exact)
}
