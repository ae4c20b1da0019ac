//! The query of a write, and its columns.

use std::time::Instant;

use arrow::datatypes::{DataType, Field, Schema};
use athena::glue::Column;
use catalog::{TableEntry, hive_type::trino_type};
use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit},
};
use trino::TrinoType;

use super::Task;
use crate::{
    error::{QueryError, QueryResult},
    sql::{PlannedQuery, QuerySession, plan, with_parameters},
};

/// A query that was planned for a write.
pub(super) struct Source {
    pub(super) session: QuerySession,
    pub(super) planned: PlannedQuery,
    pub(super) sql: String,
    pub(super) began: Instant,
}

impl Source {
    pub(super) async fn of(task: &Task, sql: &str) -> QueryResult<Self> {
        let began = Instant::now();
        let values = task.execution.execution_parameters.clone().unwrap_or_default();
        let sql = with_parameters(sql, &values)?;
        let session = task.session().await?;
        let planned = plan(&session, &sql).await?;
        Ok(Self { session, planned, sql, began })
    }

    /// The columns of the query, each of which needs a name and a type of its own.
    pub(super) fn named_fields(&self) -> QueryResult<Vec<Field>> {
        let mut fields: Vec<Field> = Vec::new();
        let planned = &self.planned;
        for ((field, name), of) in planned.plan.schema().fields().iter().zip(&planned.names).zip(&planned.types) {
            if name.starts_with("_col") {
                return Err(QueryError::new("SYNTAX_ERROR", "Column name not specified").at_word(&self.sql, "SELECT"));
            }
            if field.data_type() == &DataType::Null {
                let message = format!("Column type is unknown: {name}");
                return Err(QueryError::new("SYNTAX_ERROR", message).at_word(&self.sql, name));
            }
            if !is_storable(of) {
                let message = format!("Unsupported Hive type: {of}. Cast the column {name} to a type that tables have");
                return Err(QueryError::not_supported(message).at_word(&self.sql, name));
            }
            let name = name.to_lowercase();
            if fields.iter().any(|known| *known.name() == name) {
                let message = format!("Column name '{name}' specified more than once");
                return Err(QueryError::new("DUPLICATE_COLUMN_NAME", message).at_word(&self.sql, &name));
            }
            fields.push(Field::new(name, field.data_type().clone(), true));
        }
        Ok(fields)
    }

    /// The rows under the names that are written.
    pub(super) fn renamed(&self) -> QueryResult<LogicalPlan> {
        let plan = self.planned.plan.clone();
        let columns: Vec<Expr> = plan
            .schema()
            .columns()
            .into_iter()
            .zip(&self.planned.names)
            .map(|(column, name)| Expr::Column(column).alias(name.to_lowercase()))
            .collect();
        let failed = |error| QueryError::of_engine(&error, &self.sql);
        LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(failed)
    }

    /// The rows as the table's columns take them; those that are not named are NULL.
    ///
    /// # Errors
    /// As Trino has them, without a place: columns that the table does not have, or whose types do not match.
    pub(super) fn matched(&self, schema: &Schema, columns: &[String]) -> QueryResult<LogicalPlan> {
        let places = places_of(schema, columns)?;
        let types: Vec<_> = places.iter().map(|at| TrinoType::of_field(schema.field(*at))).collect();
        let (plan, state) = (&self.planned.plan, self.session.context.state());
        let values = trino::sql::assigned(&state, plan, &self.planned.types, &types)?;
        let exprs: Vec<Expr> = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(at, field)| {
                let value = match places.iter().position(|place| *place == at) {
                    Some(given) => values[given].clone(),
                    None => lit(ScalarValue::Null),
                };
                cast(value, field.data_type().clone()).alias(field.name())
            })
            .collect();
        let failed = |error| QueryError::of_engine(&error, &self.sql);
        let rows = LogicalPlanBuilder::from(plan.clone()).project(exprs).map_err(failed)?;
        let names: Vec<Expr> = schema.fields().iter().map(|field| ident(field.name())).collect();
        rows.project(names).and_then(LogicalPlanBuilder::build).map_err(failed)
    }
}

/// Where the columns that a statement names stand in the table; all of them if it names none.
fn places_of(schema: &Schema, columns: &[String]) -> QueryResult<Vec<usize>> {
    if columns.is_empty() {
        return Ok((0..schema.fields().len()).collect());
    }
    let mut places = Vec::new();
    for name in columns {
        let Some(at) = schema.fields().iter().position(|field| field.name().to_lowercase() == *name) else {
            let message = format!("Insert column name does not exist in target table: {name}");
            return Err(QueryError::new("COLUMN_NOT_FOUND", message));
        };
        if places.contains(&at) {
            let message = format!("Insert column name is specified more than once: {name}");
            return Err(QueryError::new("DUPLICATE_COLUMN_NAME", message));
        }
        places.push(at);
    }
    Ok(places)
}

/// The columns of an external table as they are written: those of its files, then the keys of its partitions.
pub(super) fn columns_of(table: &TableEntry) -> QueryResult<Schema> {
    let columns = table.input.storage_descriptor.iter().flat_map(|storage| &storage.columns);
    let field = |column: &Column| {
        let of = trino_type(&column.kind).map_err(QueryError::not_supported)?;
        Ok(of.field(&column.name, true))
    };
    Ok(Schema::new(columns.chain(&table.input.partition_keys).map(field).collect::<QueryResult<Vec<_>>>()?))
}

/// Whether tables of Hive's have columns of a type.
fn is_storable(of: &TrinoType) -> bool {
    match of {
        TrinoType::Unknown
        | TrinoType::Time(_)
        | TrinoType::TimestampWithTimeZone(..)
        | TrinoType::IntervalYearToMonth
        | TrinoType::IntervalDayToSecond
        | TrinoType::Json
        | TrinoType::Uuid
        | TrinoType::HyperLogLog
        | TrinoType::TDigest
        | TrinoType::QDigest(_) => false,
        TrinoType::Array(of) => is_storable(of),
        TrinoType::Map(keys, values) => is_storable(keys) && is_storable(values),
        TrinoType::Row(fields) => fields.iter().all(|(_, of)| is_storable(of)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[&str], expected: &str) {
        let field = |name| Field::new(name, DataType::Int32, true);
        let schema = Schema::new(vec![field("a"), field("B"), field("c")]);
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let found = places_of(&schema, &columns);
        assert_eq!(found.map_or_else(|error| error.to_string(), |places| format!("{places:?}")), expected);
    }

    #[test]
    fn columns_are_found_by_their_names() {
        check(&[], "[0, 1, 2]");
        check(&["c", "b"], "[2, 1]");
        check(&["c", "d"], "COLUMN_NOT_FOUND: Insert column name does not exist in target table: d");
        check(&["c", "c"], "DUPLICATE_COLUMN_NAME: Insert column name is specified more than once: c");
    }
}
