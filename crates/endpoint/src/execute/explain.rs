//! `EXPLAIN`.

use arrow::array::{AsArray, RecordBatch};
use athena::wire::ColumnInfo;
use cluster::Job;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::{Done, Task, select::Rows, text_result};
use crate::{
    error::{QueryError, QueryResult},
    sql::{PlannedQuery, QuerySession, plan},
    statement::{Explained, PlanFormat},
};

const HEADER: &str = "Query Plan";

pub(super) async fn explain(task: &Task, what: Explained, sql: &str) -> QueryResult<Done> {
    let session = task.session().await?;
    let planned = plan(&session, sql).await?;
    let text = match what {
        Explained::Validate => return text_result::write(task, &["true".to_owned()], vec![valid_column()]).await,
        Explained::Logical(format) => logical(&session, &planned, format, sql)?,
        Explained::Distributed => distributed(task, &session, planned, sql).await?,
        Explained::Analyze => analyzed(task, &session, planned, sql).await?,
    };
    let text = format!("{HEADER}\n{text}");
    // A caller in this process has the header in the column's name.
    let skipped = usize::from(task.caller.is_some());
    let lines: Vec<String> = text.lines().skip(skipped).map(str::to_owned).collect();
    let mut column = ColumnInfo::of_utility(HEADER, "varchar");
    column.precision = i32::try_from(text.len()).unwrap_or(i32::MAX);
    column.case_sensitive = true;
    text_result::write(task, &lines, vec![column]).await
}

fn valid_column() -> ColumnInfo {
    ColumnInfo::of_utility("Valid", "boolean")
}

fn logical(session: &QuerySession, planned: &PlannedQuery, format: PlanFormat, sql: &str) -> QueryResult<String> {
    let optimised = session.context.state().optimize(&planned.plan);
    let optimised = optimised.map_err(|error| QueryError::of_engine(&error, sql))?;
    Ok(match format {
        PlanFormat::Text => optimised.display_indent().to_string(),
        PlanFormat::Graphviz => optimised.display_graphviz().to_string(),
        PlanFormat::Json => optimised.display_pg_json().to_string(),
    })
}

/// The plan that the scheduler would give to executors.
async fn distributed(task: &Task, session: &QuerySession, planned: PlannedQuery, sql: &str) -> QueryResult<String> {
    let failed = |error| QueryError::of_engine(&error, sql);
    let explained = LogicalPlanBuilder::from(planned.plan).explain(false, false).and_then(LogicalPlanBuilder::build);
    let explained = explained.map_err(failed)?;
    let mut job = Job::plan(&session.context, explained).await.map_err(failed)?;
    let mut rows = Rows { task, context: &session.context, sql, job: &mut job };
    let mut plans = Vec::new();
    while let Some(batch) = rows.next().await? {
        plans.extend(plans_of(&batch));
    }
    let physical = plans.iter().filter(|(kind, _)| !kind.contains("logical"));
    Ok(physical.map(|(_, plan)| plan.trim_end()).collect::<Vec<_>>().join("\n"))
}

/// Kinds of plans, and the plans.
fn plans_of(batch: &RecordBatch) -> Vec<(String, String)> {
    let text =
        |at: usize, row: usize| batch.column(at).as_string_opt::<i32>().map(|column| column.value(row).to_owned());
    (0..batch.num_rows()).filter_map(|row| Some((text(0, row)?, text(1, row)?))).collect()
}

/// Runs the query, forgets its rows, and tells what was measured. Stopping it stops its job, as that of any query.
async fn analyzed(task: &Task, session: &QuerySession, planned: PlannedQuery, sql: &str) -> QueryResult<String> {
    let failed = |error| QueryError::of_engine(&error, sql);
    let mut job = Job::plan(&session.context, planned.plan).await.map_err(failed)?;
    let handle = job.handle();
    let mut rows = Rows { task, context: &session.context, sql, job: &mut job };
    while rows.next().await?.is_some() {}
    let url = task.service.places.cluster.url();
    handle.measured(&session.context, url).await.map_err(failed)
}
