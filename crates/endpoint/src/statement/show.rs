//! `SHOW` and `DESCRIBE`.

use super::{Statement, Tokens, parse::unsupported};
use crate::error::QueryResult;

pub(super) fn show(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let statement = if tokens.accept(&["DATABASES"]) || tokens.accept(&["SCHEMAS"]) {
        Statement::ShowDatabases { like: like(&mut tokens)? }
    } else if tokens.accept(&["TABLES"]) {
        Statement::ShowTables { database: database(&mut tokens)?, like: like(&mut tokens)? }
    } else if tokens.accept(&["VIEWS"]) {
        Statement::ShowViews { database: database(&mut tokens)?, like: like(&mut tokens)? }
    } else if tokens.accept(&["COLUMNS"]) {
        if !tokens.accept(&["IN"]) {
            tokens.expect(&["FROM"])?;
        }
        let mut table = tokens.table_name()?;
        if let Some(database) = database(&mut tokens)? {
            table.database = Some(database);
        }
        Statement::ShowColumns { table }
    } else if tokens.accept(&["PARTITIONS"]) {
        Statement::ShowPartitions { table: tokens.table_name()? }
    } else if tokens.accept(&["TBLPROPERTIES"]) {
        let table = tokens.table_name()?;
        let property = if tokens.is_at_end() { None } else { Some(unparenthesised(&mut tokens)?) };
        Statement::ShowProperties { table, property }
    } else if tokens.accept(&["CREATE", "TABLE"]) {
        Statement::ShowCreateTable { table: tokens.table_name()? }
    } else if tokens.accept(&["CREATE", "VIEW"]) {
        Statement::ShowCreateView { view: tokens.table_name()? }
    } else if tokens.accept(&["FUNCTIONS"]) {
        Statement::ShowFunctions { like: like(&mut tokens)? }
    } else if ["CATALOGS", "SESSION", "STATS", "GRANTS", "ROLES"].iter().any(|word| tokens.looks_like(&[word])) {
        return Ok(unsupported(&tokens));
    } else {
        return Err(tokens.mismatch(
            "'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES', 'TBLPROPERTIES', 'VIEWS'",
        ));
    };
    tokens.expect_end()?;
    Ok(statement)
}

pub(super) fn describe(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    // FORMATTED and EXTENDED say more in Hive; the columns are the same.
    if !tokens.accept(&["FORMATTED"]) {
        tokens.accept(&["EXTENDED"]);
    }
    if tokens.looks_like(&["DATABASE"]) || tokens.looks_like(&["INPUT"]) || tokens.looks_like(&["OUTPUT"]) {
        return Ok(unsupported(&tokens));
    }
    let table = tokens.table_name()?;
    tokens.expect_end()?;
    Ok(Statement::Describe { table })
}

fn database(tokens: &mut Tokens<'_>) -> QueryResult<Option<String>> {
    let said = tokens.accept(&["IN"]) || tokens.accept(&["FROM"]);
    if said { tokens.name().map(Some) } else { Ok(None) }
}

/// Athena takes the pattern with and without `LIKE`.
fn like(tokens: &mut Tokens<'_>) -> QueryResult<Option<String>> {
    let said = tokens.accept(&["LIKE"]);
    if said || !tokens.is_at_end() { tokens.text().map(Some) } else { Ok(None) }
}

fn unparenthesised(tokens: &mut Tokens<'_>) -> QueryResult<String> {
    let inner = tokens.parenthesised()?;
    Ok(inner.trim().trim_matches('\'').to_owned())
}
