//! Rows on their way to the folders of partitions.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field};
use catalog::NULL_PARTITION;
use datafusion::{
    functions::expr_fn::replace,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Partitioning, cast, ident, lit},
};

use super::{Properties, Property, source::Source};
use crate::error::{QueryError, QueryResult};

/// Partitions that one statement may write to, as in Athena.
pub(super) const MOST_PARTITIONS: usize = 100;

/// The columns that `partitioned_by` names.
pub(super) fn keys_of(properties: &Properties) -> Vec<String> {
    match properties.get("partitioned_by") {
        Some(Property::List(list)) => list.iter().map(|name| name.to_lowercase()).collect(),
        Some(Property::Text(text)) => vec![text.to_lowercase()],
        None => Vec::new(),
    }
}

/// Divides columns into those of files and those of partitions, which must be the last ones, in order.
///
/// # Errors
/// As Athena says it, if they are not, or if nothing is left for the files.
pub(super) fn divided(fields: Vec<Field>, keys: &[String]) -> QueryResult<(Vec<Field>, Vec<Field>)> {
    let missing: Vec<&str> =
        keys.iter().filter(|key| fields.iter().all(|field| field.name() != *key)).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("Partition columns [{}] not present in schema", missing.join(", "));
        return Err(QueryError::new("INVALID_TABLE_PROPERTY", message));
    }
    if keys.len() >= fields.len() {
        return Err(QueryError::new("INVALID_TABLE_PROPERTY", "Table contains only partition columns"));
    }
    let mut columns = fields;
    let last = columns.split_off(columns.len() - keys.len());
    if last.iter().map(Field::name).ne(keys.iter()) {
        let message = format!(
            "Partition keys must be the last columns in the table and in the same order as the table properties: [{}]",
            keys.join(", ")
        );
        return Err(QueryError::new("HIVE_COLUMN_ORDER_MISMATCH", message));
    }
    for key in &last {
        check_type(key)?;
    }
    Ok((columns, last))
}

fn check_type(key: &Field) -> QueryResult<()> {
    let fits = matches!(
        key.data_type(),
        DataType::Boolean | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Date32
    ) || key.data_type().is_integer()
        || matches!(key.data_type(), DataType::Decimal128(..) | DataType::Timestamp(_, None));
    if fits {
        return Ok(());
    }
    let message = format!("Unsupported type [{}] for partition: {}", key.data_type(), key.name());
    Err(QueryError::not_supported(message))
}

/// The rows with the values of keys as they stand in names of folders, divided by them.
pub(super) fn dealt(source: &Source, rows: LogicalPlan, keys: &[Field]) -> QueryResult<LogicalPlan> {
    if keys.is_empty() {
        return Ok(rows);
    }
    let columns: Vec<Expr> = rows
        .schema()
        .columns()
        .into_iter()
        .map(|column| match keys.iter().find(|key| key.name() == &column.name) {
            Some(key) => {
                let name = column.name.clone();
                as_text(Expr::Column(column), key.data_type()).alias(name)
            }
            None => Expr::Column(column),
        })
        .collect();
    let divided = Partitioning::Hash(keys.iter().map(|key| ident(key.name())).collect(), source.session.partitions());
    LogicalPlanBuilder::from(rows)
        .project(columns)
        .and_then(|rows| rows.repartition(divided))
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| QueryError::of_engine(&error, &source.sql))
}

/// A value as Hive writes it: timestamps with a space, all else as Arrow does.
fn as_text(value: Expr, data_type: &DataType) -> Expr {
    let text = cast(value, DataType::Utf8);
    if matches!(data_type, DataType::Timestamp(..)) { replace(text, lit("T"), lit(" ")) } else { text }
}

/// The values of a file's partition in the order of the keys.
pub(super) fn values_of(keys: &[String], partition: &BTreeMap<String, String>) -> Vec<String> {
    let value = |key: &String| partition.get(key).filter(|value| !value.is_empty());
    keys.iter().map(|key| value(key).map_or_else(|| NULL_PARTITION.to_owned(), Clone::clone)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        let field = |(name, data_type)| Field::new(name, data_type, true);
        [("a", DataType::Int64), ("day", DataType::Date32), ("shard", DataType::Int32)].map(field).to_vec()
    }

    #[track_caller]
    fn check(keys: &[&str], expected: &str) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let found = match divided(fields(), &keys) {
            Ok((columns, keys)) => format!("{} of columns, {} of keys", columns.len(), keys.len()),
            Err(error) => error.to_string(),
        };
        assert!(found.starts_with(expected), "{found}");
    }

    #[test]
    fn keys_are_the_last_columns_in_order() {
        check(&["day", "shard"], "1 of columns, 2 of keys");
        check(&["shard"], "2 of columns, 1 of keys");
        check(&[], "3 of columns, 0 of keys");
        check(&["shard", "day"], "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns");
        check(&["day"], "HIVE_COLUMN_ORDER_MISMATCH: ");
        check(&["year"], "INVALID_TABLE_PROPERTY: Partition columns [year] not present in schema");
        check(&["a", "day", "shard"], "INVALID_TABLE_PROPERTY: Table contains only partition columns");
    }
}
