//! What statements do.

mod alter;
mod caller;
mod changes;
mod column;
mod describe;
mod explain;
mod functions;
mod partitions;
mod prepared;
mod repeatable;
mod scanned;
mod select;
mod show;
mod task;
mod text_result;
mod writes;

use crate::{
    error::{QueryError, QueryResult},
    statement::Statement,
};

pub use caller::Answer;
pub(crate) use caller::Caller;
pub(crate) use task::{Done, Task};

/// Runs a statement, writes its result files and says what it did.
pub(crate) async fn execute(task: &Task, statement: Statement) -> QueryResult<Done> {
    match statement {
        Statement::Query { sql } => select::select(task, &sql).await,
        Statement::Execute { name, arguments } => prepared::execute(task, &name, arguments).await,
        Statement::Prepare { .. } | Statement::Deallocate { .. } => prepared::change(task, statement).await,
        Statement::Insert { table, columns, query } => writes::insert(task, &table, &columns, &query).await,
        Statement::CreateTableAs { .. } => writes::create_table_as(task, statement).await,
        Statement::Unload { query, location, properties } => writes::unload(task, &query, &location, &properties).await,
        Statement::Explain { what, query } => explain::explain(task, what, &query).await,
        Statement::ShowFunctions { like } => functions::show(task, like.as_deref()).await,
        Statement::ShowDatabases { .. }
        | Statement::ShowTables { .. }
        | Statement::ShowViews { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowPartitions { .. }
        | Statement::ShowProperties { .. }
        | Statement::ShowCreateTable { .. }
        | Statement::ShowCreateView { .. } => show::show(task, statement).await,
        Statement::Describe { table } => describe::describe(task, &table).await,
        Statement::AddPartitions { .. } | Statement::DropPartitions { .. } | Statement::Repair { .. } => {
            partitions::change(task, statement).await
        }
        Statement::AlterTable { table, change } => alter::alter(task, &table, *change).await,
        Statement::Unsupported { what, line, column } => {
            Err(QueryError::not_supported(format!("not supported: {what}")).at(line, column))
        }
        other => changes::change(task, other).await,
    }
}
