//! The `.txt` file of statements that are not queries.

use athena::wire::ColumnInfo;

use super::{Done, Task};
use crate::error::QueryResult;

/// Writes lines as a result and ends the statement.
pub(super) async fn write(task: &Task, lines: &[String], columns: Vec<ColumnInfo>) -> QueryResult<Done> {
    if let Some(caller) = &task.caller {
        caller.told(lines, &columns)?;
        return Ok(Done::default());
    }
    task.object(task.output())?.put(lines.join("\n").into_bytes()).await?;
    let update = if columns.is_empty() { None } else { Some(("", 0)) };
    task.write_metadata(columns, update).await?;
    Ok(Done::default())
}

/// Ends a statement that has no result.
pub(super) async fn nothing(task: &Task) -> QueryResult<Done> {
    write(task, &[], Vec::new()).await
}
