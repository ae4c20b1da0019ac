//! Steps of SQL: a query whose result replaces a table.

use std::sync::Arc;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::{
    dataframe::DataFrame,
    datasource::provider_as_source,
    logical_expr::{LogicalPlanBuilder, dml::InsertOp},
    prelude::SessionContext,
};
use udfs::{lake_table::LakeTable, scan::BadInput};

use super::{Output, named_version};
use crate::{Error, Result, RunOptions, Step, Workspace};

/// Rejects that an error message shows.
const SHOWN_REJECTS: usize = 3;

/// Runs a step of SQL as a job on the cluster.
pub(crate) async fn run(workspace: &Workspace, options: &RunOptions, step: Step, sql: &str) -> Result<Output> {
    let context = workspace.session_on(&options.input, options.bad_input).await?;
    // `playlists` checks for both, as the two read the same slices.
    let was_checked = step == Step::PlaylistTracks && options.steps.contains(&Step::Playlists);
    if let Some(check) = step.check_sql().filter(|_| !was_checked) {
        forbid_rows(&context, step, check).await?;
    }
    overwrite(workspace, &context, step, sql).await?;
    let snapshot = workspace.lake.table(step.name())?.snapshot().await?;
    if snapshot.rows() == 0 && !step.may_be_empty() {
        return Err(Error::NoRows { step });
    }
    if step == Step::Quarantine && snapshot.rows() > 0 && options.bad_input == BadInput::Fail {
        return Err(rejected(&context, snapshot.rows()).await?);
    }
    Ok(Output {
        rows: Some(snapshot.rows()),
        bytes: Some(snapshot.bytes()),
        version: Some(named_version(step.name(), snapshot.version())),
        details: None,
    })
}

async fn overwrite(workspace: &Workspace, context: &SessionContext, step: Step, sql: &str) -> Result<()> {
    let failed = Error::query(step);
    let query = context.sql(sql).await.map_err(&failed)?;
    let schema = Arc::new(query.schema().as_arrow().clone());
    let target = LakeTable::target(&workspace.lake, step.name(), schema);
    let (state, plan) = query.into_parts();
    let insert =
        LogicalPlanBuilder::insert_into(plan, step.name(), provider_as_source(Arc::new(target)), InsertOp::Overwrite)
            .and_then(LogicalPlanBuilder::build)
            .map_err(&failed)?;
    DataFrame::new(state, insert).collect().await.map_err(&failed)?;
    Ok(())
}

async fn forbid_rows(context: &SessionContext, step: Step, sql: &str) -> Result<()> {
    let rows = shown(context, step, sql, 5).await?;
    if rows.is_empty() {
        return Ok(());
    }
    Err(Error::BadInput(format!(
        "the slices hold playlists more than once, so their rows would double; keep one of each:\n{}",
        rows.join("\n")
    )))
}

async fn rejected(context: &SessionContext, count: u64) -> Result<Error> {
    let sql =
        format!("SELECT file, byte_offset, json_path, reason FROM quarantine ORDER BY file LIMIT {SHOWN_REJECTS}");
    let rows = shown(context, Step::Quarantine, &sql, SHOWN_REJECTS).await?;
    Ok(Error::BadInput(format!(
        "{count} playlists or files cannot be used:\n{}\nmend the files, or set these aside with --bad-input quarantine; \
         `segue sql 'SELECT * FROM quarantine'` shows all",
        rows.join("\n")
    )))
}

/// The rows of a small result as lines of `column=value`.
async fn shown(context: &SessionContext, step: Step, sql: &str, limit: usize) -> Result<Vec<String>> {
    let failed = Error::query(step);
    let batches = context.sql(sql).await.map_err(&failed)?.collect().await.map_err(&failed)?;
    let mut lines = Vec::new();
    for batch in &batches {
        let options = FormatOptions::default();
        let columns: Result<Vec<_>, _> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
        let columns = columns.map_err(|error| failed(error.into()))?;
        for row in 0..batch.num_rows() {
            let schema = batch.schema();
            let values = schema.fields().iter().zip(&columns);
            let values = values.map(|(field, column)| format!("{}={}", field.name(), column.value(row)));
            lines.push(format!("  {}", values.collect::<Vec<_>>().join("  ")));
        }
    }
    lines.truncate(limit);
    Ok(lines)
}
