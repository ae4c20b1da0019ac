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

/// What a line of the comment at the top of a text begins with that says whose SQL it is.
const HEADER: &str = "dialect:";
/// Statements that only the engine has, by their first words; they are its own in any dialect.
const OF_ENGINE: [&[&str]; 4] = [&["copy"], &["set"], &["reset"], &["insert", "overwrite"]];

/// Whose SQL the statements are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// Trino's and so Athena's, with its statements, as the endpoint answers them
    #[default]
    Trino,
    /// The engine's own
    Datafusion,
}

/// A statement, as its dialect has it.
#[derive(Debug)]
pub(crate) enum Statement {
    Datafusion(Box<Parsed>),
    /// Its text.
    Trino(String),
    /// Makes a database the one of names without one.
    Use(String),
}

/// The statements in order. Semicolons in strings and comments do not separate. Without a dialect, the text's own header
/// decides, such as that of the pipeline's files.
pub(crate) fn parse(text: &str, dialect: Option<Dialect>) -> Result<Vec<Statement>> {
    let statements: Vec<Statement> = match dialect.or_else(|| dialect_of(text)).unwrap_or_default() {
        Dialect::Datafusion => of_engine(text)?,
        Dialect::Trino => {
            let split = trino::sql::statements(text).map_err(|error| anyhow!("{error}"))?;
            let statements: Result<Vec<Vec<Statement>>> = split.into_iter().map(of_trino).collect();
            statements?.into_iter().flatten().collect()
        }
    };
    if statements.is_empty() {
        return Err(UsageError("there is no statement to run".to_owned()).into());
    }
    Ok(statements)
}

fn of_engine(text: &str) -> Result<Vec<Statement>> {
    let parsed = DFParser::parse_sql(text).map_err(explained)?;
    Ok(parsed.into_iter().map(|statement| Statement::Datafusion(Box::new(statement))).collect())
}

fn of_trino(text: &str) -> Result<Vec<Statement>> {
    let words: Vec<String> = text.split_whitespace().take(3).map(str::to_lowercase).collect();
    if OF_ENGINE.iter().any(|first| words.iter().take(first.len()).eq(first.iter())) {
        return of_engine(text);
    }
    if let [first, database] = &words[..]
        && first == "use"
    {
        return Ok(vec![Statement::Use(database.trim_matches(['"', '`']).to_owned())]);
    }
    Ok(vec![Statement::Trino(text.to_owned())])
}

/// The dialect that the comment at the top of a text names.
fn dialect_of(text: &str) -> Option<Dialect> {
    let header = text.lines().map_while(|line| line.trim().strip_prefix("--"));
    let named = header
        .map(|line| line.trim().to_lowercase())
        .find_map(|line| line.strip_prefix(HEADER).map(|name| name.trim().to_owned()))?;
    Dialect::from_str(&named, true).ok()
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

    fn shown(statement: &Statement) -> String {
        match statement {
            Statement::Datafusion(parsed) => format!("engine: {parsed}"),
            Statement::Trino(text) => text.clone(),
            Statement::Use(database) => format!("use: {database}"),
        }
    }

    #[track_caller]
    fn check(text: &str, dialect: Option<Dialect>, expected: &[&str]) {
        let statements = parse(text, dialect).unwrap();
        assert_eq!(statements.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn check_refused(text: &str, dialect: Option<Dialect>, expected: &str) {
        let error = parse(text, dialect).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }

    #[test]
    fn separates_statements() {
        let engine = Some(Dialect::Datafusion);
        check("SELECT 1", engine, &["engine: SELECT 1"]);
        check("SELECT ';'; -- a; b\nSHOW TABLES;", engine, &["engine: SELECT ';'", "engine: SHOW TABLES"]);
        check("EXPLAIN SELECT 1", engine, &["engine: EXPLAIN SELECT 1"]);
        check("SELECT 1", None, &["SELECT 1"]);
        check("SELECT ';é' ; -- a; b\nSHOW TABLES;;", None, &["SELECT ';é'", "SHOW TABLES"]);
    }

    #[test]
    fn the_header_of_a_text_says_whose_it_is() {
        let text = "-- purpose: x\n-- dialect: datafusion\n\nSELECT 1";
        check(text, None, &["engine: SELECT 1"]);
        check(text, Some(Dialect::Trino), &["SELECT 1"]);
        check("-- dialect: trino\nSELECT 1", None, &["SELECT 1"]);
        check("SELECT 1 -- dialect: datafusion", None, &["SELECT 1"]);
    }

    #[test]
    fn what_only_the_engine_has_is_its_own_in_any_dialect() {
        check(
            "SET datafusion.execution.batch_size = 9; SELECT 1",
            None,
            &["engine: SET datafusion.execution.batch_size = 9", "SELECT 1"],
        );
        check(
            "insert OVERWRITE t SELECT 1; INSERT INTO t SELECT 1",
            None,
            &["engine: INSERT OVERWRITE t SELECT 1", "INSERT INTO t SELECT 1"],
        );
        check("USE marts; use \"a\"", None, &["use: marts", "use: a"]);
    }

    #[test]
    fn says_what_is_wrong() {
        for dialect in [None, Some(Dialect::Datafusion)] {
            check_refused("", dialect, "there is no statement");
            check_refused("-- only a comment", dialect, "there is no statement");
            check_refused("SELECT 'a", dialect, "Unterminated string literal");
        }
        check_refused("SELEC 1", Some(Dialect::Datafusion), "invalid SQL: Expected");
    }
}
