//! Statements that write rows, and prepared ones.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{Properties, Property, Statement, Tokens, explain, parse::unsupported};
use crate::error::QueryResult;

/// `INSERT`, `UNLOAD`, `EXPLAIN`, `PREPARE`, `EXECUTE`, `DEALLOCATE`, if it is one of them.
pub(super) fn parse(tokens: &mut Tokens<'_>) -> QueryResult<Option<Statement>> {
    Ok(Some(if tokens.accept(&["INSERT"]) {
        insert(tokens)?
    } else if tokens.accept(&["UNLOAD"]) {
        let query = tokens.parenthesised()?;
        tokens.expect(&["TO"])?;
        let location = tokens.text()?;
        let properties = if tokens.accept(&["WITH"]) { properties(tokens)? } else { Properties::new() };
        tokens.expect_end()?;
        Statement::Unload { query, location, properties }
    } else if tokens.accept(&["EXPLAIN"]) {
        explain::parse(tokens)?
    } else if tokens.accept(&["PREPARE"]) {
        let name = tokens.name()?;
        tokens.expect(&["FROM"])?;
        Statement::Prepare { name, query: query(tokens)? }
    } else if tokens.accept(&["EXECUTE"]) {
        let name = tokens.name()?;
        let arguments = if tokens.accept(&["USING"]) { arguments(tokens) } else { Vec::new() };
        tokens.expect_end()?;
        Statement::Execute { name, arguments }
    } else if tokens.accept(&["DEALLOCATE"]) {
        tokens.expect(&["PREPARE"])?;
        let name = tokens.name()?;
        tokens.expect_end()?;
        Statement::Deallocate { name }
    } else {
        return Ok(None);
    }))
}

fn insert(tokens: &mut Tokens<'_>) -> QueryResult<Statement> {
    if tokens.looks_like(&["OVERWRITE"]) {
        return Ok(unsupported(tokens));
    }
    tokens.expect(&["INTO"])?;
    let table = tokens.table_name()?;
    let mut columns = Vec::new();
    let is_query =
        |tokens: &Tokens<'_>| ["SELECT", "WITH", "VALUES", "TABLE"].iter().any(|word| tokens.looks_like(&[word]));
    let mut ahead = tokens.clone();
    if ahead.accept_token(&Token::LParen) && !is_query(&ahead) {
        tokens.expect_token(&Token::LParen)?;
        columns.push(tokens.name()?);
        while tokens.accept_token(&Token::Comma) {
            columns.push(tokens.name()?);
        }
        tokens.expect_token(&Token::RParen)?;
    }
    Ok(Statement::Insert { table, columns, query: query(tokens)? })
}

pub(super) fn query(tokens: &mut Tokens<'_>) -> QueryResult<String> {
    if tokens.is_at_end() { Err(tokens.mismatch("<query>")) } else { Ok(tokens.rest()) }
}

/// Expressions between commas; those within parentheses are part of theirs.
fn arguments(tokens: &mut Tokens<'_>) -> Vec<String> {
    let rest = tokens.rest();
    let (mut arguments, mut argument, mut depth, mut quote) = (Vec::new(), String::new(), 0_i32, None);
    for character in rest.chars() {
        match character {
            '\'' | '"' if quote == Some(character) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(character),
            '(' | '[' if quote.is_none() => depth += 1,
            ')' | ']' if quote.is_none() => depth -= 1,
            _ => {}
        }
        if character == ',' && depth == 0 && quote.is_none() {
            arguments.push(std::mem::take(&mut argument).trim().to_owned());
        } else {
            argument.push(character);
        }
    }
    arguments.push(argument.trim().to_owned());
    arguments
}

/// `(name = value, name = ARRAY['a', 'b'])`.
pub(super) fn properties(tokens: &mut Tokens<'_>) -> QueryResult<Properties> {
    let mut properties = Properties::new();
    tokens.expect_token(&Token::LParen)?;
    loop {
        let name = tokens.name()?;
        tokens.expect_token(&Token::Eq)?;
        let value = if tokens.accept(&["ARRAY"]) {
            let mut list = Vec::new();
            tokens.expect_token(&Token::LBracket)?;
            while !tokens.accept_token(&Token::RBracket) {
                list.push(tokens.value()?);
                tokens.accept_token(&Token::Comma);
            }
            Property::List(list)
        } else {
            Property::Text(tokens.value()?)
        };
        properties.insert(name, value);
        if !tokens.accept_token(&Token::Comma) {
            tokens.expect_token(&Token::RParen)?;
            return Ok(properties);
        }
    }
}
