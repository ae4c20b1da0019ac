//! `CREATE` and `DROP`.

use std::collections::BTreeMap;

use athena::glue::{Column, SerDeInfo, StorageDescriptor, TableInput};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::{Statement, TableName, Tokens, parse::unsupported, writes::properties};
use crate::error::{QueryError, QueryResult};

const LAZY_SIMPLE: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

pub(super) fn create(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let or_replace = tokens.accept(&["OR", "REPLACE"]);
    if tokens.accept(&["VIEW"]) {
        let view = tokens.table_name()?;
        tokens.expect(&["AS"])?;
        return Ok(Statement::CreateView { view, or_replace, query: tokens.rest() });
    }
    if tokens.accept(&["DATABASE"]) || tokens.accept(&["SCHEMA"]) {
        return database(tokens);
    }
    if tokens.accept(&["EXTERNAL", "TABLE"]) {
        return external_table(tokens);
    }
    if tokens.accept(&["TABLE"]) {
        return table(tokens);
    }
    if tokens.is_at_end() {
        return Err(tokens.mismatch("'DATABASE', 'EXTERNAL', 'OR', 'SCHEMA', 'TABLE', 'VIEW'"));
    }
    Ok(unsupported(&tokens))
}

pub(super) fn drop(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let if_exists = |tokens: &mut Tokens<'_>| tokens.accept(&["IF", "EXISTS"]);
    let statement = if tokens.accept(&["TABLE"]) {
        let if_exists = if_exists(&mut tokens);
        Statement::DropTable { table: tokens.table_name()?, if_exists }
    } else if tokens.accept(&["VIEW"]) {
        let if_exists = if_exists(&mut tokens);
        Statement::DropView { view: tokens.table_name()?, if_exists }
    } else if tokens.accept(&["DATABASE"]) || tokens.accept(&["SCHEMA"]) {
        let if_exists = if_exists(&mut tokens);
        let name = tokens.name()?;
        let cascade = tokens.accept(&["CASCADE"]);
        let _usual = !cascade && tokens.accept(&["RESTRICT"]);
        Statement::DropDatabase { name, if_exists, cascade }
    } else {
        return Ok(unsupported(&tokens));
    };
    tokens.expect_end()?;
    Ok(statement)
}

fn database(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let if_not_exists = tokens.accept(&["IF", "NOT", "EXISTS"]);
    let name = tokens.name()?;
    let comment = if tokens.accept(&["COMMENT"]) { Some(tokens.text()?) } else { None };
    let location = if tokens.accept(&["LOCATION"]) { Some(tokens.text()?) } else { None };
    let with_properties = tokens.accept(&["WITH", "DBPROPERTIES"]);
    let properties = if with_properties { text_properties(&mut tokens)? } else { BTreeMap::new() };
    tokens.expect_end()?;
    Ok(Statement::CreateDatabase { name, if_not_exists, comment, location, properties })
}

/// `CREATE TABLE … AS`, or a table of Iceberg, which is not done.
fn table(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let if_not_exists = tokens.accept(&["IF", "NOT", "EXISTS"]);
    let (line, column) = tokens.place();
    let table = tokens.table_name()?;
    let properties = if tokens.accept(&["WITH"]) { properties(&mut tokens)? } else { BTreeMap::new() };
    if !tokens.accept(&["AS"]) {
        let what = "CREATE TABLE without AS, which is Iceberg's; use CREATE EXTERNAL TABLE".to_owned();
        return Ok(Statement::Unsupported { what, line, column });
    }
    let mut query = tokens.rest();
    let mut with_data = true;
    let upper = query.trim_end().to_uppercase();
    for (end, data) in [("WITH NO DATA", false), ("WITH DATA", true)] {
        if upper.ends_with(end) {
            query.truncate(query.trim_end().len() - end.len());
            with_data = data;
            break;
        }
    }
    Ok(Statement::CreateTableAs { table, if_not_exists, properties, query, with_data })
}

fn external_table(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let if_not_exists = tokens.accept(&["IF", "NOT", "EXISTS"]);
    let TableName { database, table } = tokens.table_name()?;
    let mut serde = SerDeInfo { serialization_library: Some(LAZY_SIMPLE.to_owned()), ..SerDeInfo::default() };
    let mut storage = StorageDescriptor {
        columns: columns(&mut tokens)?,
        input_format: Some(TEXT_INPUT.to_owned()),
        output_format: Some(TEXT_OUTPUT.to_owned()),
        ..StorageDescriptor::default()
    };
    let mut input = TableInput { name: table, table_type: Some("EXTERNAL_TABLE".to_owned()), ..TableInput::default() };
    input.parameters.insert("EXTERNAL".to_owned(), "TRUE".to_owned());
    let mut serde_given = false;
    while !tokens.is_at_end() {
        if tokens.accept(&["COMMENT"]) {
            let comment = tokens.text()?;
            input.parameters.insert("comment".to_owned(), comment);
        } else if tokens.accept(&["PARTITIONED", "BY"]) {
            input.partition_keys = columns(&mut tokens)?;
        } else if tokens.accept(&["ROW", "FORMAT", "SERDE"]) {
            serde.serialization_library = Some(tokens.text()?);
            serde_given = true;
        } else if tokens.accept(&["WITH", "SERDEPROPERTIES"]) {
            serde.parameters.extend(text_properties(&mut tokens)?);
        } else if tokens.accept(&["ROW", "FORMAT", "DELIMITED"]) {
            delimited(&mut tokens, &mut serde)?;
        } else if tokens.accept(&["STORED", "AS", "INPUTFORMAT"]) {
            storage.input_format = Some(tokens.text()?);
            tokens.expect(&["OUTPUTFORMAT"])?;
            storage.output_format = Some(tokens.text()?);
        } else if tokens.accept(&["STORED", "AS"]) {
            stored_as(&mut tokens, &mut storage, &mut serde, serde_given)?;
        } else if tokens.accept(&["LOCATION"]) {
            storage.location = Some(tokens.text()?);
        } else if tokens.accept(&["TBLPROPERTIES"]) {
            input.parameters.extend(text_properties(&mut tokens)?);
        } else if tokens.looks_like(&["CLUSTERED"]) {
            return Ok(unsupported(&tokens));
        } else {
            return Err(tokens.mismatch("'COMMENT', 'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES'"));
        }
    }
    if storage.location.as_deref().is_none_or(str::is_empty) {
        let message = "No location was specified for table. An S3 location must be specified";
        return Err(QueryError::new("MALFORMED_QUERY", message));
    }
    storage.serde_info = Some(serde);
    input.storage_descriptor = Some(storage);
    Ok(Statement::CreateTable { database, if_not_exists, input: Box::new(input) })
}

/// `(name type [COMMENT '…'], …)`.
pub(super) fn columns(tokens: &mut Tokens<'_>) -> QueryResult<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    tokens.expect_token(&Token::LParen)?;
    loop {
        let (line, place) = tokens.place();
        let column = column(tokens)?;
        if columns.iter().any(|known| known.name == column.name) {
            let message = format!("Column name '{}' specified more than once", column.name);
            return Err(QueryError::new("MALFORMED_QUERY", message).at(line, place));
        }
        columns.push(column);
        if !tokens.accept_token(&Token::Comma) {
            tokens.expect_token(&Token::RParen)?;
            return Ok(columns);
        }
    }
}

/// `name type [COMMENT '…']`.
pub(super) fn column(tokens: &mut Tokens<'_>) -> QueryResult<Column> {
    let name = tokens.name()?;
    let (line, column) = tokens.place();
    let kind = tokens.type_name()?;
    catalog::hive_type::arrow_type(&kind)
        .map_err(|reason| QueryError::new("MALFORMED_QUERY", reason).at(line, column))?;
    let comment = if tokens.accept(&["COMMENT"]) { Some(tokens.text()?) } else { None };
    Ok(Column { name, kind, comment, parameters: None })
}

fn delimited(tokens: &mut Tokens<'_>, serde: &mut SerDeInfo) -> QueryResult<()> {
    let clauses: [(&[&str], &str); 6] = [
        (&["FIELDS", "TERMINATED", "BY"], "field.delim"),
        (&["ESCAPED", "BY"], "escape.delim"),
        (&["COLLECTION", "ITEMS", "TERMINATED", "BY"], "collection.delim"),
        (&["MAP", "KEYS", "TERMINATED", "BY"], "mapkey.delim"),
        (&["LINES", "TERMINATED", "BY"], "line.delim"),
        (&["NULL", "DEFINED", "AS"], "serialization.null.format"),
    ];
    while let Some((words, property)) = clauses.iter().find(|(words, _)| tokens.looks_like(words)) {
        tokens.expect(words)?;
        let (line, column) = tokens.place();
        let value = tokens.text()?;
        if *property == "line.delim" && value != "\n" {
            return Err(QueryError::not_supported(format!("{} '{value}'", words.join(" "))).at(line, column));
        }
        serde.parameters.insert((*property).to_owned(), value);
    }
    Ok(())
}

fn stored_as(
    tokens: &mut Tokens<'_>,
    storage: &mut StorageDescriptor,
    serde: &mut SerDeInfo,
    serde_given: bool,
) -> QueryResult<()> {
    let (line, column) = tokens.place();
    let format = tokens.name()?;
    let (library, input, output) = match format.as_str() {
        "textfile" => (LAZY_SIMPLE, TEXT_INPUT, TEXT_OUTPUT),
        "jsonfile" => ("org.apache.hive.hcatalog.data.JsonSerDe", TEXT_INPUT, TEXT_OUTPUT),
        "parquet" => (
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        ),
        other => {
            let what = format!("STORED AS {}; use PARQUET, TEXTFILE or a JSON SerDe", other.to_uppercase());
            return Err(QueryError::not_supported(what).at(line, column));
        }
    };
    storage.input_format = Some(input.to_owned());
    storage.output_format = Some(output.to_owned());
    if !serde_given {
        serde.serialization_library = Some(library.to_owned());
    }
    Ok(())
}

/// `('name' = 'value', …)`.
pub(super) fn text_properties(tokens: &mut Tokens<'_>) -> QueryResult<BTreeMap<String, String>> {
    let mut properties = BTreeMap::new();
    tokens.expect_token(&Token::LParen)?;
    while !tokens.accept_token(&Token::RParen) {
        let name = tokens.text()?;
        tokens.expect_token(&Token::Eq)?;
        properties.insert(name, tokens.value()?);
        tokens.accept_token(&Token::Comma);
    }
    Ok(properties)
}
