//! Takes text apart into statements.

use anyhow::{Result, anyhow};
use clap::ValueEnum;
use datafusion::{
    error::DataFusionError,
    sql::{
        parser::{DFParser, Statement as Parsed},
        sqlparser::parser::ParserError,
    },
};

use crate::failure::UsageError;

/// Whose SQL the statements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// The engine's own, with all of its statements
    Datafusion,
    /// Trino's and so Athena's: queries, EXPLAIN of them, CREATE TABLE AS, INSERT
    Trino,
}

/// A statement, as its dialect has it.
#[derive(Debug)]
pub(crate) enum Statement {
    Datafusion(Box<Parsed>),
    /// Its text.
    Trino(String),
}

/// The statements in order. Semicolons in strings and comments do not separate.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Statement>> {
    let statements: Vec<Statement> = match dialect {
        Dialect::Datafusion => {
            let parsed = DFParser::parse_sql(text).map_err(explained)?;
            parsed.into_iter().map(|statement| Statement::Datafusion(Box::new(statement))).collect()
        }
        Dialect::Trino => {
            let split = trino::sql::statements(text).map_err(|error| anyhow!("invalid SQL: {error}"))?;
            split.into_iter().map(|statement| Statement::Trino(statement.to_owned())).collect()
        }
    };
    if statements.is_empty() {
        return Err(UsageError("there is no statement to run".to_owned()).into());
    }
    Ok(statements)
}

/// The parser's words without its packaging.
pub(super) fn explained(error: DataFusionError) -> anyhow::Error {
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

    fn shown(statement: &Statement) -> String {
        match statement {
            Statement::Datafusion(parsed) => parsed.to_string(),
            Statement::Trino(text) => text.clone(),
        }
    }

    #[track_caller]
    fn check(text: &str, dialect: Dialect, expected: &[&str]) {
        let statements = parse(text, dialect).unwrap();
        assert_eq!(statements.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn check_refused(text: &str, dialect: Dialect, expected: &str) {
        let error = parse(text, dialect).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }

    #[test]
    fn separates_statements() {
        check("SELECT 1", Dialect::Datafusion, &["SELECT 1"]);
        check("SELECT ';'; -- a; b\nSHOW TABLES;", Dialect::Datafusion, &["SELECT ';'", "SHOW TABLES"]);
        check("EXPLAIN SELECT 1", Dialect::Datafusion, &["EXPLAIN SELECT 1"]);
        check("SELECT 1", Dialect::Trino, &["SELECT 1"]);
        check("SELECT ';é' ; -- a; b\nSHOW TABLES;;", Dialect::Trino, &["SELECT ';é'", "SHOW TABLES"]);
    }

    #[test]
    fn says_what_is_wrong() {
        for dialect in [Dialect::Datafusion, Dialect::Trino] {
            check_refused("", dialect, "there is no statement");
            check_refused("-- only a comment", dialect, "there is no statement");
            check_refused("SELECT 'a", dialect, "Unterminated string literal");
        }
        check_refused("SELEC 1", Dialect::Datafusion, "invalid SQL: Expected");
    }
}
