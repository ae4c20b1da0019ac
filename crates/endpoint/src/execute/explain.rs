//! `EXPLAIN`.

use athena::wire::ColumnInfo;

use super::{Done, Task, text_result};
use crate::{
    error::{QueryError, QueryResult},
    sql::plan,
};

pub(super) async fn explain(task: &Task, sql: &str) -> QueryResult<Done> {
    let session = task.session().await?;
    let planned = plan(&session, sql).await?;
    let optimised =
        session.context.state().optimize(&planned.plan).map_err(|error| QueryError::of_engine(&error, sql))?;
    let text = format!("Query Plan\n{}", optimised.display_indent());
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut column = ColumnInfo::of_utility("Query Plan", "varchar");
    column.precision = i32::try_from(text.len()).unwrap_or(i32::MAX);
    column.case_sensitive = true;
    text_result::write(task, &lines, vec![column]).await
}
