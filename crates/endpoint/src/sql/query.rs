//! Parsing and planning of queries, both Trino's.

use datafusion::logical_expr::LogicalPlan;
use trino::{ErrorName, TrinoType, sql::SqlError};

use super::QuerySession;
use crate::{
    error::{QueryError, QueryResult},
    statement::{self, Statement},
};

/// Name of the error of a query whose files have more bytes than its workgroup allows.
pub(crate) const BYTES_EXCEEDED: &str = "BYTES_SCANNED_LIMIT_EXCEEDED";

/// A query that was planned.
pub(crate) struct PlannedQuery {
    /// Its columns may be called otherwise than the query's.
    pub(crate) plan: LogicalPlan,
    /// Names of the columns as Athena shows them.
    pub(crate) names: Vec<String>,
    /// Types of the columns.
    pub(crate) types: Vec<TrinoType>,
}

/// Reads a statement, and the query that is a part of it, before anything is looked up.
///
/// # Errors
/// `MALFORMED_QUERY` with the place.
pub(crate) fn statement_of(text: &str) -> QueryResult<Statement> {
    let statement = statement::parse(text)?;
    match &statement {
        Statement::Query { sql: query }
        | Statement::Insert { query, .. }
        | Statement::CreateTableAs { query, .. }
        | Statement::Unload { query, .. }
        | Statement::Explain { query, .. }
        | Statement::CreateView { query, .. } => check_syntax(query)?,
        _ => {}
    }
    Ok(statement)
}

/// Whether a text is one query, before anything is looked up.
///
/// # Errors
/// `MALFORMED_QUERY` with the place.
fn check_syntax(sql: &str) -> QueryResult<()> {
    trino::sql::parse(sql).map(drop).map_err(|error| {
        let is_malformed = error.name == ErrorName::SyntaxError;
        let error = QueryError::from(error);
        if is_malformed { QueryError { name: "MALFORMED_QUERY", ..error } } else { error }
    })
}

/// Plans a query on a session.
///
/// # Errors
/// What is wrong with the query, or `NOT_SUPPORTED` for what would not be answered as Athena does.
pub(crate) async fn plan(session: &QuerySession, sql: &str) -> QueryResult<PlannedQuery> {
    if sql.to_lowercase().contains("information_schema") {
        session.catalog.load_names().await?;
    }
    let planned = trino::sql::plan(&session.context.state(), sql).await?;
    if session.cutoff_bytes.is_some_and(|most| session.catalog.bytes() > most) {
        return Err(QueryError::new(BYTES_EXCEEDED, "Bytes scanned limit was exceeded"));
    }
    let (names, types) = planned.columns.into_iter().unzip();
    Ok(PlannedQuery { plan: planned.plan, names, types })
}

impl From<SqlError> for QueryError {
    fn from(error: SqlError) -> Self {
        let named = Self::new(error.name.as_str(), error.message);
        if error.line > 0 { named.at(error.line, error.column) } else { named }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let shown = check_syntax(sql).map_or_else(|error| error.to_string(), |()| "ok".to_owned());
        assert!(shown.starts_with(expected), "{sql}: {shown}");
    }

    #[test]
    fn syntax_errors_have_places() {
        check("SELECT 1", "ok");
        check("WITH a AS (SELECT 1 AS x) SELECT x FROM a ORDER BY 1 LIMIT 3", "ok");
        check("SELECT * FROM t WHERE a = ? AND b IN (?, ?)", "ok");
        check("TABLE t", "ok");
        check("SELECT FROM", "MALFORMED_QUERY: line 1:");
        check("SELECT 1;\nSELECT 2", "MALFORMED_QUERY: line 1:1: Only one sql statement is allowed");
        check("SELECT (1", "MALFORMED_QUERY: ");
        check("SELECT * FROM t\nWHERE )", "MALFORMED_QUERY: line 2:7: mismatched input ')'");
    }
}
