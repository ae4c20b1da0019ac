//! From a text to the tree of a query.

use datafusion::sql::sqlparser::{
    ast::{Query, Statement},
    parser::{Parser, ParserError},
};

use super::{
    SqlResult, TrinoDialect,
    error::{Place, error, refuse},
    reserved,
    tokens::Tokens,
};
use crate::ErrorName;

/// How deep a query may be nested.
const DEPTH: usize = 128;
/// How deep calls such as `CAST(CAST(…` may be nested.
const WORDS_DEPTH: usize = 16;
/// How deep types in angle brackets may be nested.
const TYPES_DEPTH: usize = 64;

/// The tree of a query.
///
/// # Errors
/// `SYNTAX_ERROR` with the place, `NOT_SUPPORTED` for other statements.
pub fn parse(sql: &str) -> SqlResult<Query> {
    parsed(sql).map(|(query, _)| query)
}

pub(super) fn parsed(sql: &str) -> SqlResult<(Query, Tokens)> {
    let tokens = Tokens::of(sql).map_err(|error| malformed(&error, Place::new(1, 1)))?;
    if tokens.is_empty() {
        return error(ErrorName::SyntaxError, Place::new(1, 1), "mismatched input '<EOF>'. Expecting: <query>");
    }
    if tokens.nests_words_deeper_than(WORDS_DEPTH) || tokens.nests_types_deeper_than(TYPES_DEPTH) {
        return error(ErrorName::SyntaxError, Place::new(1, 1), "the query is nested too deeply");
    }
    let parser = Parser::new(&TrinoDialect).with_recursion_limit(DEPTH);
    let mut statements = parser
        .with_tokens_with_locations(tokens.for_parser())
        .parse_statements()
        .map_err(|error| malformed(&error, tokens.end()))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(Statement::Query(query)), true) => {
            reserved::refuse_as_names(&query)?;
            Ok((*query, tokens))
        }
        (Some(_), true) => refuse(Place::new(1, 1), "a statement that is no query"),
        _ => error(ErrorName::SyntaxError, Place::new(1, 1), "Only one sql statement is allowed. Expecting: <EOF>"),
    }
}

/// The parser ends its messages with the place, unless it is the end.
fn malformed(found: &ParserError, end: Place) -> super::SqlError {
    let text = match found {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => "the query is nested too deeply",
    };
    let number = |after: &str| -> Option<u64> {
        let digits: String = text.split(after).nth(1)?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let place = number("Line: ").zip(number("Column: "));
    let place = place.filter(|(line, _)| *line > 0).map_or(end, |(line, column)| Place::new(line, column));
    let what = text.split(" at Line: ").next().unwrap_or(text);
    // `Expected: an expression, found: FROM` becomes Trino's form.
    let message = match what.strip_prefix("Expected: ").and_then(|rest| rest.split_once(", found: ")) {
        Some((expected, found)) => {
            let found = if found == "EOF" { "<EOF>" } else { found };
            format!("mismatched input '{found}'. Expecting: {expected}")
        }
        None => what.to_owned(),
    };
    super::SqlError { name: ErrorName::SyntaxError, line: place.line, column: place.column, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let shown = parse(sql).map_or_else(|error| error.to_string(), |_| "ok".to_owned());
        assert!(shown.starts_with(expected), "{sql}: {shown}");
    }

    #[test]
    fn syntax_errors_have_places() {
        check("SELECT 1;", "ok");
        check("SELECT FROM", "SYNTAX_ERROR: line 1:");
        check("SELECT 1;\nSELECT 2", "SYNTAX_ERROR: line 1:1: Only one sql statement is allowed");
        check("SELECT (1", "SYNTAX_ERROR: line 1:");
        check("SELECT * FROM t\nWHERE )", "SYNTAX_ERROR: line 2:7: mismatched input ')'");
        check("DROP TABLE t", "NOT_SUPPORTED");
        check("SELECT NOT EXISTS", "SYNTAX_ERROR: line 1:8: mismatched input 'NOT'");
        check("SELECT 1 AS group", "SYNTAX_ERROR: line 1:13: mismatched input 'group'");
        check("SELECT 1 FROM t AS end", "SYNTAX_ERROR: line 1:");
        check("SELECT x.order FROM x", "SYNTAX_ERROR: line 1:10: mismatched input 'order'");
        check("SELECT 1 AS \"group\", current_date, date, year FROM \"order\" AS day", "ok");
        check("", "SYNTAX_ERROR: line 1:1: mismatched input '<EOF>'");
    }

    #[test]
    fn what_is_printed_parses_to_the_same() {
        for sql in [
            "VALUES 1, 2",
            "VALUES (1, 'a'), ROW(2, 'b')",
            "SELECT CAST(x AS row(a bigint, \"B c\" array(varchar(3)))) FROM t",
            "SELECT reduce(a, 0, (s, x) -> s + x, s -> s) FROM t CROSS JOIN UNNEST(a, b) WITH ORDINALITY AS u (x, y, n)",
            "SELECT count(*) FILTER (WHERE x > 1), lag(x) IGNORE NULLS OVER (PARTITION BY a ORDER BY b) FROM t",
            "SELECT listagg(x, ',') WITHIN GROUP (ORDER BY x) FROM t GROUP BY GROUPING SETS ((a, b), (a), ())",
            "SELECT TIMESTAMP '2020-01-01 00:00:00 UTC' AT TIME ZONE 'Europe/Vienna', INTERVAL '1' DAY, X'0a', U&'\\0041'",
            "SELECT a[1].b, m['x'] FROM t OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY",
        ] {
            let first = parse(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let printed = first.to_string();
            let again = parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
            assert_eq!(again.to_string(), printed);
        }
    }
}
