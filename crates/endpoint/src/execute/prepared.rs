//! Prepared statements.

use store::DocumentKey;

use super::{Done, Task, select, text_result};
use crate::{
    error::{QueryError, QueryResult},
    operations::{PREPARED, prepared_statement},
    sql::with_parameters,
    statement::{self, Statement},
};

/// Runs a prepared statement with the values of `USING`, or those that came beside the query.
pub(super) async fn execute(task: &Task, name: &str, arguments: Vec<String>) -> QueryResult<Done> {
    let not_found = || QueryError::new("NOT_FOUND", format!("Prepared statement not found: {name}"));
    let found = prepared_statement(&task.service, &task.execution.work_group, name).await;
    let prepared = found.map_err(|error| QueryError::internal(error.message))?.ok_or_else(not_found)?;
    let beside = task.execution.execution_parameters.clone().unwrap_or_default();
    let values = if arguments.is_empty() { beside } else { arguments };
    let sql = with_parameters(&prepared.query_statement, &values)?;
    match statement::parse(&sql)? {
        Statement::Query { sql } => select::select(task, &sql).await,
        _ => Err(QueryError::not_supported("not supported: EXECUTE of a statement that is not a query")),
    }
}

pub(super) async fn change(task: &Task, statement: Statement) -> QueryResult<Done> {
    let work_group = &task.execution.work_group;
    match statement {
        Statement::Prepare { name, query } => {
            let prepared = athena::wire::PreparedStatement {
                statement_name: name.clone(),
                query_statement: query.trim().to_owned(),
                work_group_name: work_group.clone(),
                description: None,
                last_modified_time: task.execution.status.submission_date_time,
            };
            let key = DocumentKey::new(PREPARED, work_group.as_str(), name.clone());
            let body = serde_json::to_value(&prepared).map_err(|error| QueryError::internal(error.to_string()))?;
            if !task.service.store().create_document(&key, &body).await? {
                return Err(QueryError::new("ALREADY_EXISTS", format!("Prepared statement already exists: {name}")));
            }
        }
        Statement::Deallocate { name } => {
            let key = DocumentKey::new(PREPARED, work_group.as_str(), name.clone());
            if !task.service.store().delete_document(&key).await? {
                return Err(QueryError::new("NOT_FOUND", format!("Prepared statement not found: {name}")));
            }
        }
        _ => {}
    }
    text_result::nothing(task).await
}
