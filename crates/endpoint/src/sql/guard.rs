//! What the engine runs and answers in another way than Athena is refused, so that nobody takes its answer for Athena's.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    DataType, Distinct, Expr, Function, Query, SetExpr, Spanned, Statement, TableFactor, Visit, Visitor,
};

use crate::error::{QueryError, QueryResult};

/// Functions that exist in both under one name, with another meaning: argument order or format, NULL, type or value.
const FUNCTIONS: [(&str, &str); 17] = [
    ("concat", "NULL arguments are skipped; use ||"),
    ("concat_ws", "NULL arguments differ; use ||"),
    ("contains", "it searches text; use array_has for arrays, strpos for text"),
    ("date_format", "it takes other format letters; use to_char"),
    ("element_at", "it returns a list for maps; use array_element or a subscript"),
    ("from_unixtime", "it returns a timestamp without time zone; use to_timestamp_seconds"),
    ("greatest", "NULL arguments are skipped; use CASE"),
    ("least", "NULL arguments are skipped; use CASE"),
    ("md5", "it returns text and not bytes; use digest(text, 'md5')"),
    ("regexp_replace", "it replaces only the first match; give the flag 'g' as fourth argument"),
    ("repeat", "it repeats text; use array_repeat for arrays"),
    ("split_part", "it returns an empty text and not NULL past the end; use nullif(…, '')"),
    ("to_unixtime", "it returns a bigint; use date_part('epoch', …)"),
    ("uuid", "it returns text; use CAST(uuid() AS VARCHAR) where it is supported"),
    ("now", "it has another precision and no time zone of the session"),
    ("array_first", "it takes a function"),
    ("date_trunc", "of a date it returns a timestamp; cast the argument to TIMESTAMP"),
];

/// Looks through a query.
///
/// # Errors
/// `NOT_SUPPORTED` with the place and a way around.
pub(super) fn check(statement: &Statement) -> QueryResult<()> {
    match statement.visit(&mut Guard) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Guard;

impl Visitor for Guard {
    type Break = QueryError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        match query.body.as_ref() {
            SetExpr::Select(select) if matches!(select.distinct, Some(Distinct::On(_))) => {
                refuse(select.as_ref(), "DISTINCT ON is not SQL of Athena")
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<QueryError> {
        match table {
            TableFactor::Table { sample: Some(_), .. } => refuse(table, "TABLESAMPLE"),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<QueryError> {
        match expr {
            Expr::Function(function) => check_function(function),
            Expr::Cast { data_type, .. } => check_cast(expr, data_type),
            Expr::AtTimeZone { .. } => refuse(expr, "AT TIME ZONE"),
            _ => ControlFlow::Continue(()),
        }
    }
}

fn check_function(function: &Function) -> ControlFlow<QueryError> {
    let name = function.name.to_string().to_lowercase();
    let Some((_, why)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else { return ControlFlow::Continue(()) };
    let arguments = match &function.args {
        datafusion::sql::sqlparser::ast::FunctionArguments::List(list) => list.args.len(),
        _ => 0,
    };
    let arguments_are_clear = match name.as_str() {
        "regexp_replace" => arguments == 4,
        // The unit and a cast: the argument's type is known to be a timestamp.
        "date_trunc" => function.to_string().to_lowercase().contains("as timestamp"),
        _ => false,
    };
    if arguments_are_clear {
        return ControlFlow::Continue(());
    }
    refuse(function, &format!("{name} means something else here: {why}"))
}

fn check_cast(expr: &Expr, data_type: &DataType) -> ControlFlow<QueryError> {
    match data_type {
        DataType::Varchar(Some(_)) | DataType::Char(Some(_)) | DataType::CharVarying(Some(_)) => {
            refuse(expr, "a cast to a text of limited length, which would not be cut; use substr")
        }
        _ => ControlFlow::Continue(()),
    }
}

fn refuse(node: &impl Spanned, what: &str) -> ControlFlow<QueryError> {
    let start = node.span().start;
    let error = QueryError::not_supported(format!("not supported: {what}"));
    ControlFlow::Break(if start.line > 0 { error.at(start.line, start.column) } else { error })
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::{dialect::GenericDialect, parser::Parser};

    use super::*;

    #[track_caller]
    fn refused(sql: &str, expected: &str) {
        let statement = Parser::parse_sql(&GenericDialect {}, sql).unwrap().remove(0);
        let shown = check(&statement).map_or_else(|error| error.to_string(), |()| "accepted".to_owned());
        assert!(shown.starts_with(expected), "{sql}: {shown}");
    }

    #[test]
    fn what_would_be_answered_in_another_way_is_refused() {
        refused("SELECT lower(a) || b FROM t", "accepted");
        refused("SELECT concat(a, b) FROM t", "NOT_SUPPORTED: line 1:8: not supported: concat");
        refused("SELECT 1 FROM (SELECT greatest(1, NULL)) AS x", "NOT_SUPPORTED");
        refused("SELECT regexp_replace(a, 'x', 'y', 'g') FROM t", "accepted");
        refused("SELECT regexp_replace(a, 'x', 'y') FROM t", "NOT_SUPPORTED");
        refused("SELECT CAST(a AS VARCHAR(2)) FROM t", "NOT_SUPPORTED");
        refused("SELECT CAST(a AS VARCHAR) FROM t", "accepted");
        refused("SELECT * FROM t TABLESAMPLE BERNOULLI (10)", "NOT_SUPPORTED");
        refused("SELECT DISTINCT ON (a) a, b FROM t", "NOT_SUPPORTED");
    }
}
