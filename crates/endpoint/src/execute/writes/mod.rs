//! Statements that write rows: parallel on executors, and visible only when all of them are there.

mod create_table_as;
mod delivery;
mod format;
mod insert;
mod partitioning;
mod source;
mod unload;

use std::sync::Arc;

use arrow::{
    array::AsArray,
    datatypes::{DataType, Field, Int64Type, UInt64Type},
};
use athena::{values::column_info, wire::ColumnInfo};
use cluster::Job;
use datafusion::{
    catalog::TableProvider,
    datasource::provider_as_source,
    logical_expr::{LogicalPlan, LogicalPlanBuilder, dml::InsertOp},
};

use self::source::Source;
use super::{Done, Task, scanned::scanned_bytes, select::Rows, task::millis};
use crate::{
    error::{QueryError, QueryResult},
    statement::{Properties, Property},
};

pub(super) use create_table_as::create_table_as;
pub(super) use insert::insert;
pub(super) use unload::unload;

fn insert_into(rows: LogicalPlan, target: Arc<dyn TableProvider>) -> QueryResult<LogicalPlan> {
    let failed = |error| QueryError::of_engine(&error, "");
    LogicalPlanBuilder::insert_into(rows, "target", provider_as_source(target), InsertOp::Append)
        .and_then(LogicalPlanBuilder::build)
        .map_err(failed)
}

/// What a job did that writes.
#[derive(Debug, Clone, Copy, Default)]
struct Wrote {
    rows: u64,
    scanned_bytes: u64,
}

/// Runs a write.
async fn run(task: &Task, source: &Source, plan: LogicalPlan) -> QueryResult<Wrote> {
    let context = &source.session.context;
    let mut job = Job::plan(context, plan).await.map_err(|error| QueryError::of_engine(&error, &source.sql))?;
    let mut rows = Rows { task, context, sql: &source.sql, job: &mut job };
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        if batch.num_rows() == 0 {
            continue;
        }
        count += match batch.column(0).data_type() {
            DataType::UInt64 => batch.column(0).as_primitive::<UInt64Type>().value(0),
            DataType::Int64 => u64::try_from(batch.column(0).as_primitive::<Int64Type>().value(0)).unwrap_or_default(),
            _ => 0,
        };
    }
    let scanned_bytes = scanned_bytes(task, &source.session, &job.handle()).await;
    Ok(Wrote { rows: count, scanned_bytes })
}

/// Writes the files of the result: which files were written, and how many rows.
async fn finish(task: &Task, source: &Source, kind: &str, wrote: Wrote, files: Vec<String>) -> QueryResult<Done> {
    let manifest = if wrote.rows == 0 || files.is_empty() || task.caller.is_some() {
        None
    } else {
        let manifest = format!("{}-manifest.csv", task.output());
        task.object(&manifest)?.put(format!("{}\n", files.join("\n")).into_bytes()).await?;
        Some(manifest)
    };
    let update = i64::try_from(wrote.rows).unwrap_or(i64::MAX);
    task.write_metadata(vec![rows_column()], Some((kind, update))).await?;
    let (scanned_bytes, planning_ms) = (wrote.scanned_bytes, millis(source.began));
    Ok(Done { scanned_bytes, planning_ms, manifest, ..Done::default() })
}

fn rows_column() -> ColumnInfo {
    column_info(&Field::new("rows", DataType::Int64, true))
}
