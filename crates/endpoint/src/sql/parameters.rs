//! Parameters of execution: each `?` becomes a value.

use datafusion::sql::sqlparser::{
    ast::{Expr, Visit, Visitor},
    parser::Parser,
    tokenizer::Token,
};

use trino::sql::TrinoDialect;

use crate::{
    error::{QueryError, QueryResult},
    statement::{Tokens, offsets_of},
};

/// Puts values where question marks stand. A value that is an expression without names is that expression, any other is
/// a text. Values for a query without question marks are ignored.
///
/// # Errors
/// `INVALID_PARAMETER_USAGE` if their numbers differ.
pub(crate) fn with_parameters(sql: &str, values: &[String]) -> QueryResult<String> {
    let tokens = Tokens::of(sql)?;
    let marks: Vec<_> =
        tokens.all().iter().filter(|token| matches!(&token.token, Token::Placeholder(mark) if mark == "?")).collect();
    if marks.is_empty() {
        return Ok(sql.to_owned());
    }
    if marks.len() != values.len() {
        let message = format!("Incorrect number of parameters: expected {} but found {}", marks.len(), values.len());
        return Err(QueryError::new("INVALID_PARAMETER_USAGE", message));
    }
    let (mut text, mut from) = (String::new(), 0);
    // A query may have as many marks as it has characters, so they are not looked for one by one.
    let places = offsets_of(sql, marks.iter().map(|mark| mark.span.start));
    for (at, value) in places.into_iter().zip(values) {
        text.push_str(&sql[from..at]);
        text.push_str(&as_expression(value));
        from = at + 1;
    }
    text.push_str(&sql[from..]);
    Ok(text)
}

fn as_expression(value: &str) -> String {
    let parsed = Parser::new(&TrinoDialect).try_with_sql(value).and_then(|mut parser| {
        let expr = parser.parse_expr()?;
        Ok((expr, parser.peek_token().token == Token::EOF))
    });
    match parsed {
        Ok((expr, true)) if !has_names(&expr) => value.to_owned(),
        _ => format!("'{}'", value.replace('\'', "''")),
    }
}

fn has_names(expr: &Expr) -> bool {
    struct Names(bool);
    impl Visitor for Names {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> std::ops::ControlFlow<()> {
            self.0 |= matches!(
                expr,
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Subquery(_) | Expr::Exists { .. }
            );
            std::ops::ControlFlow::Continue(())
        }
    }
    let mut names = Names(false);
    // Nothing breaks off.
    let _ = expr.visit(&mut names);
    names.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, values: &[&str], expected: &str) {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let shown = with_parameters(sql, &values).unwrap_or_else(|error| error.to_string());
        assert_eq!(shown, expected);
    }

    #[test]
    fn values_are_expressions_or_texts() {
        check(
            "SELECT ? AS a, '?' FROM t -- ?\nWHERE b = ?",
            &["1", "'x'"],
            "SELECT 1 AS a, '?' FROM t -- ?\nWHERE b = 'x'",
        );
        check("SELECT '\né', ?,\n ?;", &["1", "2"], "SELECT '\né', 1,\n 2;");
        check("SELECT ?", &["Paris"], "SELECT 'Paris'");
        check("SELECT ?", &["it's"], "SELECT 'it''s'");
        check("SELECT ?", &["2024-05-01"], "SELECT 2024-05-01");
        check("SELECT ?", &["DATE '2024-05-01'"], "SELECT DATE '2024-05-01'");
        check("SELECT ?", &["(SELECT x FROM t)"], "SELECT '(SELECT x FROM t)'");
        check("SELECT 1", &["2"], "SELECT 1");
        check("SELECT ?, ?", &["1"], "INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected 2 but found 1");
    }
}
