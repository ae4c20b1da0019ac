//! Takes text apart into statements.

use anyhow::{Result, anyhow};
use datafusion::{
    error::DataFusionError,
    sql::{
        parser::{DFParser, Statement},
        sqlparser::parser::ParserError,
    },
};

use crate::failure::UsageError;

/// The statements in order. Semicolons in strings and comments do not separate.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>> {
    let statements = DFParser::parse_sql(text).map_err(explained)?;
    if statements.is_empty() {
        return Err(UsageError("there is no statement to run".to_owned()).into());
    }
    Ok(statements.into())
}

/// The parser's words without its packaging.
fn explained(error: DataFusionError) -> anyhow::Error {
    match error.find_root() {
        DataFusionError::SQL(source, _) => match source.as_ref() {
            ParserError::TokenizerError(reason) | ParserError::ParserError(reason) => anyhow!("invalid SQL: {reason}"),
            ParserError::RecursionLimitExceeded => anyhow!("invalid SQL: it is nested too deeply"),
        },
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let statements = parse(text).unwrap();
        assert_eq!(statements.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }

    #[test]
    fn separates_statements() {
        check("SELECT 1", &["SELECT 1"]);
        check("SELECT ';'; -- a; b\nSHOW TABLES;", &["SELECT ';'", "SHOW TABLES"]);
        check("EXPLAIN SELECT 1", &["EXPLAIN SELECT 1"]);
    }

    #[test]
    fn says_what_is_wrong() {
        check_refused("", "there is no statement");
        check_refused("-- only a comment", "there is no statement");
        check_refused("SELEC 1", "invalid SQL: Expected");
        check_refused("SELECT 'a", "invalid SQL: Unterminated string literal");
    }
}
