//! Parsing and planning of queries.

use datafusion::{
    logical_expr::LogicalPlan,
    sql::{
        parser::Statement as EngineStatement,
        sqlparser::{
            ast::Statement as Parsed,
            dialect::GenericDialect,
            parser::{Parser, ParserError},
        },
    },
};

use super::{QuerySession, guard, names};
use crate::error::{QueryError, QueryResult};

/// A query that was planned.
pub(crate) struct PlannedQuery {
    pub(crate) plan: LogicalPlan,
    /// Names of the columns as Athena shows them.
    pub(crate) names: Vec<String>,
}

/// Whether a text is one query, before anything is looked up.
///
/// # Errors
/// `MALFORMED_QUERY` with the place.
pub(crate) fn check_syntax(sql: &str) -> QueryResult<()> {
    parse(sql).map(drop)
}

fn parse(sql: &str) -> QueryResult<Parsed> {
    let mut statements = Parser::parse_sql(&GenericDialect {}, sql).map_err(|error| malformed(&error, sql))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement @ Parsed::Query(_)), true) => Ok(statement),
        (None, _) => Err(QueryError::new("MALFORMED_QUERY", "mismatched input '<EOF>'. Expecting: <query>").at(1, 1)),
        (_, true) => Err(QueryError::new("MALFORMED_QUERY", "Expecting: <query>")),
        (_, false) => Err(QueryError::new("MALFORMED_QUERY", "Only one sql statement is allowed. Expecting: <EOF>")),
    }
}

/// Plans a query on a session.
///
/// # Errors
/// `NOT_SUPPORTED` for what the engine would answer in another way, else what the planner says.
pub(crate) async fn plan(session: &QuerySession, sql: &str) -> QueryResult<PlannedQuery> {
    let mut statement = parse(sql)?;
    guard::check(&statement)?;
    names::as_in_athena(&mut statement);
    if sql.to_lowercase().contains("information_schema") {
        session.catalog.load_names().await?;
    }
    let statement = EngineStatement::Statement(Box::new(statement));
    let state = session.context.state();
    let plan = state.statement_to_plan(statement).await.map_err(|error| QueryError::of_engine(&error, sql))?;
    let names = names::shown(plan.schema().fields().iter().map(|field| field.name().as_str()));
    Ok(PlannedQuery { plan, names })
}

/// The parser ends its messages with the place, unless it is the end.
fn malformed(error: &ParserError, sql: &str) -> QueryError {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.clone(),
        ParserError::RecursionLimitExceeded => "the query is nested too deeply".to_owned(),
    };
    let number = |after: &str, text: &str| -> Option<u64> {
        let digits: String = text.split(after).nth(1)?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let place = number("Line: ", &text).zip(number("Column: ", &text));
    let what = text.split(" at Line: ").next().unwrap_or(&text).to_owned();
    // `Expected: an expression, found: FROM` becomes Athena's form.
    let message = match what.strip_prefix("Expected: ").and_then(|rest| rest.split_once(", found: ")) {
        Some((expected, found)) => {
            let found = if found == "EOF" { "<EOF>" } else { found };
            format!("mismatched input '{found}'. Expecting: {expected}")
        }
        None => what,
    };
    let error = QueryError::new("MALFORMED_QUERY", message);
    match place {
        Some((line, column)) => error.at(line, column),
        // The parser has no place for the end.
        None => {
            let last = sql.rsplit('\n').next().unwrap_or_default();
            error.at(sql.matches('\n').count() as u64 + 1, last.chars().count() as u64 + 1)
        }
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
        check("SELECT FROM", "MALFORMED_QUERY: line 1:");
        check("SELECT 1;\nSELECT 2", "MALFORMED_QUERY: Only one sql statement is allowed");
        check("SELECT (1", "MALFORMED_QUERY: ");
        check("SELECT * FROM t\nWHERE )", "MALFORMED_QUERY: line 2:7: mismatched input ')'");
    }
}
