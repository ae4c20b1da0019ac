//! A caller in this process, who takes the answer of a statement as it is where clients of Athena get files.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use athena::wire::ColumnInfo;
use cluster::Job;
use datafusion::{
    catalog::TableProvider, error::Result, execution::SendableRecordBatchStream,
    physical_plan::stream::RecordBatchStreamAdapter,
};
use futures::{StreamExt, stream};

use super::Done;
use crate::{
    error::{QueryError, QueryResult},
    sql::{PlannedQuery, QuerySession},
};

/// What a caller brings, and what a statement leaves for it.
#[derive(Default)]
pub(crate) struct Caller {
    /// Tables that only the caller has, by name.
    pub(crate) tables: Vec<(String, Arc<dyn TableProvider>)>,
    answer: Mutex<Answer>,
}

/// The answer of a statement.
#[derive(Default)]
pub enum Answer {
    /// Rows, as they come.
    Rows(SendableRecordBatchStream),
    /// So many rows were written.
    Wrote(u64),
    /// The statement has no rows.
    #[default]
    Done,
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(formatter, "Rows({})", rows.schema()),
            Self::Wrote(rows) => write!(formatter, "Wrote({rows})"),
            Self::Done => formatter.write_str("Done"),
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables: Vec<&String> = self.tables.iter().map(|(name, _)| name).collect();
        formatter.debug_struct("Caller").field("tables", &tables).finish_non_exhaustive()
    }
}

impl Caller {
    pub(crate) fn new(tables: Vec<(String, Arc<dyn TableProvider>)>) -> Self {
        Self { tables, answer: Mutex::default() }
    }

    /// Takes the answer away.
    pub(crate) fn take(&self) -> Answer {
        std::mem::take(&mut *self.answer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds the caller's tables to a session.
    pub(super) fn provide(&self, session: &QuerySession, database: &str) {
        for (name, table) in &self.tables {
            session.catalog.add_table(database, name, Arc::clone(table));
        }
    }

    /// Answers with the rows of a query, whose job is submitted when they are first asked for.
    pub(super) async fn answered(&self, session: QuerySession, planned: PlannedQuery, sql: &str) -> QueryResult<Done> {
        let failed = |error| QueryError::of_engine(&error, sql);
        let rows = Job::plan(&session.context, planned.plan).await.map_err(failed)?.into_rows();
        let fields = rows.schema().fields().iter().zip(planned.names).map(named).collect::<Vec<Field>>();
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let batches = {
            let schema = Arc::clone(&schema);
            rows.map(move |batch| {
                // The session is there for as long as its rows are read.
                let _session = &session;
                under(&schema, &batch?)
            })
        };
        self.leave(Answer::Rows(Box::pin(RecordBatchStreamAdapter::new(schema, batches))));
        Ok(Done::default())
    }

    /// Answers with lines, whose values have tabs between them.
    pub(super) fn told(&self, lines: &[String], columns: &[ColumnInfo]) -> QueryResult<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let schema: SchemaRef = Arc::new(Schema::new(
            columns.iter().map(|column| Field::new(&column.name, DataType::Utf8, true)).collect::<Vec<_>>(),
        ));
        let lines: Vec<Vec<&str>> = lines.iter().map(|line| values_of(line, columns.len())).collect();
        // Hive sets its parts off with lines without a value.
        let told = || lines.iter().filter(|values| columns.len() == 1 || values.iter().any(|value| !value.is_empty()));
        let arrays: Vec<ArrayRef> = (0..columns.len())
            .map(|at| Arc::new(told().map(|values| values.get(at).copied()).collect::<StringArray>()) as ArrayRef)
            .collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays);
        let batch = batch.map_err(|error| QueryError::internal(error.to_string()))?;
        self.shows(batch);
        Ok(())
    }

    /// Answers with rows that are there.
    pub(super) fn shows(&self, batch: RecordBatch) {
        let schema = batch.schema();
        self.leave(Answer::Rows(Box::pin(RecordBatchStreamAdapter::new(schema, stream::iter([Ok(batch)])))));
    }

    /// Notes what a statement wrote, if it writes.
    pub(super) fn wrote(&self, rows: Option<i64>) {
        if let Some(rows) = rows {
            self.leave(Answer::Wrote(u64::try_from(rows).unwrap_or_default()));
        }
    }

    fn leave(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

fn named((field, name): (&Arc<Field>, String)) -> Field {
    // The rows decide about NULL; what the plan promised is of no use here.
    field.as_ref().clone().with_name(name).with_nullable(true)
}

/// The same rows under other names.
fn under(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)?)
}

/// The values of a line without what pads them; a text with tabs of its own is the last one.
fn values_of(line: &str, columns: usize) -> Vec<&str> {
    if columns == 1 {
        return vec![line.trim_end()];
    }
    line.splitn(columns, '\t').map(str::trim_end).map(|value| value.strip_prefix(' ').unwrap_or(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_columns_without_what_pads_them() {
        assert_eq!(values_of("a                   \tint                 \t", 3), ["a", "int", ""]);
        assert_eq!(values_of("# Partition Information\t \t ", 3), ["# Partition Information", "", ""]);
        assert_eq!(values_of("name\ta\tb", 2), ["name", "a\tb"]);
        assert_eq!(values_of("SELECT\t1  ", 1), ["SELECT\t1"]);
    }
}
