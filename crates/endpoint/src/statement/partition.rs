//! `ALTER TABLE`, as far as it is about partitions and properties.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{PartitionSpec, Statement, Tokens, create::text_properties, parse::unsupported};
use crate::error::QueryResult;

pub(super) fn alter(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let table = tokens.table_name()?;
    let statement = if tokens.accept(&["ADD"]) {
        if tokens.looks_like(&["COLUMNS"]) {
            return Ok(unsupported(&tokens));
        }
        let if_not_exists = tokens.accept(&["IF", "NOT", "EXISTS"]);
        Statement::AddPartitions { table, if_not_exists, partitions: partitions(&mut tokens)? }
    } else if tokens.accept(&["DROP"]) {
        if tokens.looks_like(&["COLUMN"]) {
            return Ok(unsupported(&tokens));
        }
        let if_exists = tokens.accept(&["IF", "EXISTS"]);
        Statement::DropPartitions { table, if_exists, partitions: partitions(&mut tokens)? }
    } else if tokens.accept(&["SET", "TBLPROPERTIES"]) {
        Statement::SetProperties { table, properties: text_properties(&mut tokens)? }
    } else {
        return Ok(unsupported(&tokens));
    };
    tokens.expect_end()?;
    Ok(statement)
}

/// `PARTITION (key = value, …) [LOCATION '…'] …`.
fn partitions(tokens: &mut Tokens<'_>) -> QueryResult<Vec<PartitionSpec>> {
    let mut partitions = Vec::new();
    loop {
        tokens.expect(&["PARTITION"])?;
        tokens.expect_token(&Token::LParen)?;
        let mut values = Vec::new();
        loop {
            let key = tokens.name()?;
            tokens.expect_token(&Token::Eq)?;
            values.push((key, tokens.value()?));
            if !tokens.accept_token(&Token::Comma) {
                break;
            }
        }
        tokens.expect_token(&Token::RParen)?;
        let location = if tokens.accept(&["LOCATION"]) { Some(tokens.text()?) } else { None };
        partitions.push(PartitionSpec { values, location });
        tokens.accept_token(&Token::Comma);
        if tokens.is_at_end() {
            return Ok(partitions);
        }
    }
}
