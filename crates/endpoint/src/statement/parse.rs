//! From a text to a statement.

use super::{Statement, Tokens, alter, create, show, writes};
use crate::error::QueryResult;

/// What a statement may start with.
const STARTS: &str = "'ALTER', 'CREATE', 'DEALLOCATE', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', 'MSCK', \
     'PREPARE', 'SELECT', 'SHOW', 'TABLE', 'UNLOAD', 'VALUES', 'WITH', <query>";
/// What Athena knows and the endpoint does not do, by first word.
const NOT_DONE: [&str; 16] = [
    "ANALYZE", "CALL", "COMMIT", "DELETE", "DENY", "GRANT", "MERGE", "OPTIMIZE", "REVOKE", "ROLLBACK", "SET", "START",
    "TRUNCATE", "UPDATE", "USE", "VACUUM",
];

/// Tells what a text is.
///
/// # Errors
/// `MALFORMED_QUERY` with the place, if it is no statement.
pub(crate) fn parse(sql: &str) -> QueryResult<Statement> {
    let mut tokens = Tokens::of(sql)?;
    for word in ["SELECT", "WITH", "VALUES", "TABLE", "("] {
        if tokens.looks_like(&[word]) || word == "(" && starts_with_parenthesis(&tokens) {
            return Ok(Statement::Query { sql: tokens.rest() });
        }
    }
    if NOT_DONE.iter().any(|word| tokens.looks_like(&[word])) {
        return Ok(unsupported(&tokens));
    }
    if tokens.accept(&["CREATE"]) {
        return create::create(tokens);
    }
    if tokens.accept(&["DROP"]) {
        return create::drop(tokens);
    }
    if tokens.accept(&["ALTER", "TABLE"]) {
        return alter::alter(tokens);
    }
    if tokens.accept(&["ALTER", "DATABASE"]) || tokens.accept(&["ALTER", "SCHEMA"]) {
        return alter::alter_database(tokens);
    }
    if tokens.looks_like(&["ALTER"]) {
        return Ok(unsupported(&tokens));
    }
    if tokens.accept(&["MSCK"]) {
        tokens.expect(&["REPAIR", "TABLE"])?;
        let table = tokens.table_name()?;
        tokens.expect_end()?;
        return Ok(Statement::Repair { table });
    }
    if tokens.accept(&["SHOW"]) {
        return show::show(tokens);
    }
    if tokens.accept(&["DESCRIBE"]) || tokens.accept(&["DESC"]) {
        return show::describe(tokens);
    }
    writes::parse(&mut tokens)?.ok_or_else(|| tokens.mismatch(STARTS))
}

fn starts_with_parenthesis(tokens: &Tokens<'_>) -> bool {
    tokens.all().first().is_some_and(|first| first.token == datafusion::sql::sqlparser::tokenizer::Token::LParen)
}

/// The statement that starts here, which is one of Athena's.
pub(super) fn unsupported(tokens: &Tokens<'_>) -> Statement {
    let words: Vec<String> = tokens.all().iter().take(3).map(ToString::to_string).collect();
    let (line, column) = tokens.place();
    Statement::Unsupported { what: words.join(" ").to_uppercase(), line, column }
}
