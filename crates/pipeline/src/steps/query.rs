//! Steps of SQL: a query whose result replaces a table.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::{
    common::tree_node::TreeNodeRecursion,
    dataframe::DataFrame,
    datasource::{provider_as_source, source_as_provider},
    logical_expr::{LogicalPlan, LogicalPlanBuilder, dml::InsertOp},
    prelude::SessionContext,
};
use udfs::{lake_table::LakeTable, scan::BadInput};

use super::{Output, named_version};
use crate::{Error, Result, RunOptions, Step, Workspace};

/// Rejects that an error message shows.
const SHOWN_REJECTS: usize = 3;
/// What the lake says of a write that it refuses because no row would be left; a job's error comes as text.
const BECOMES_EMPTY: &str = "would become empty";

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
    let (state, plan) = query.into_parts();
    let mut target =
        LakeTable::target(&workspace.lake, step.name(), schema).with_inputs(versions_read(&plan).map_err(&failed)?);
    if !step.may_be_empty() {
        target = target.refusing_empty();
    }
    let insert =
        LogicalPlanBuilder::insert_into(plan, step.name(), provider_as_source(Arc::new(target)), InsertOp::Overwrite)
            .and_then(LogicalPlanBuilder::build)
            .map_err(&failed)?;
    DataFrame::new(state, insert).collect().await.map_err(|error| match error.to_string().contains(BECOMES_EMPTY) {
        true => Error::NoRows { step },
        false => failed(error),
    })?;
    Ok(())
}

/// Versions of the lake's tables that a query reads, by name.
fn versions_read(plan: &LogicalPlan) -> datafusion::error::Result<BTreeMap<String, u64>> {
    let mut versions = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
            && let Some(table) = (provider.as_ref() as &dyn Any).downcast_ref::<LakeTable>()
            && let Some(version) = table.version()
        {
            versions.insert(table.name().to_owned(), version);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(versions)
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
