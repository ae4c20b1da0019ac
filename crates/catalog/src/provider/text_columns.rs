//! Text with delimiters. Every column is read as text and then turned into its type, as Hive does: what cannot be
//! understood is NULL, and so is `\N`, while an empty text stays one.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use athena::glue::StorageDescriptor;
use datafusion::{
    datasource::file_format::csv::CsvFormat,
    error::{DataFusionError, Result},
    functions::{
        encoding::expr_fn::decode,
        expr_fn::{coalesce, lower, nullif, trim},
    },
    logical_expr::{Expr, ident, lit, try_cast, when},
};

use crate::TableEntry;

/// Stands for NULL in Hive's text files.
const NULL: &str = "\\N";
/// Hive's delimiter of fields where none is given.
const DEFAULT_DELIMITER: u8 = 1;
/// A character that text does not have, for a format without quotes.
const NO_QUOTE: u8 = 0;

/// Settings of the reader of a table's files.
pub(super) fn csv_format(table: &TableEntry, storage: &StorageDescriptor, serde: &str) -> Result<CsvFormat> {
    let parameter = |name: &str| {
        let serde = storage.serde_info.as_ref()?;
        serde.parameters.get(name).filter(|value| !value.is_empty())
    };
    let is_open = serde == "OpenCSVSerde";
    let delimiter = if is_open {
        parameter("separatorChar").map_or(Ok(b','), |text| one_byte(table, "separatorChar", text))?
    } else {
        let text = parameter("field.delim").or_else(|| parameter("serialization.format"));
        text.map_or(Ok(DEFAULT_DELIMITER), |text| one_byte(table, "field.delim", text))?
    };
    let quote = match parameter("quoteChar") {
        Some(text) if is_open => one_byte(table, "quoteChar", text)?,
        _ if is_open => b'"',
        _ => NO_QUOTE,
    };
    let escape = match parameter(if is_open { "escapeChar" } else { "escape.delim" }) {
        Some(text) => Some(one_byte(table, "escape character", text)?),
        None => is_open.then_some(b'\\'),
    };
    let header = table.input.parameters.get("skip.header.line.count").map_or("0", String::as_str);
    if !["0", "1"].contains(&header) {
        return Err(DataFusionError::NotImplemented(format!("skip.header.line.count = {header}; 0 and 1 are")));
    }
    Ok(CsvFormat::default()
        .with_has_header(header == "1")
        .with_delimiter(delimiter)
        .with_quote(quote)
        .with_escape(escape.filter(|escape| *escape != quote))
        .with_truncated_rows(true)
        .with_newlines_in_values(false))
}

/// A delimiter as Hive takes it: a character, or the number of one.
fn one_byte(table: &TableEntry, property: &str, text: &str) -> Result<u8> {
    if let [byte] = text.as_bytes() {
        // `serialization.format = 1` is Hive's way to say "the usual delimiter".
        return Ok(if *byte == b'1' { DEFAULT_DELIMITER } else { *byte });
    }
    let escaped = match text {
        "\\t" => Some(b'\t'),
        "\\\\" => Some(b'\\'),
        _ => text
            .parse()
            .ok()
            .or_else(|| u8::from_str_radix(text.strip_prefix("\\u00")?, 16).ok())
            .or_else(|| u8::from_str_radix(text.strip_prefix('\\')?, 8).ok()),
    };
    escaped.ok_or_else(|| {
        let name = format!("{}.{}", table.database, table.input.name);
        DataFusionError::NotImplemented(format!("{property} `{text}` of table `{name}`; a single byte is"))
    })
}

/// The columns as they are read.
pub(super) fn raw_schema(columns: &Schema) -> SchemaRef {
    let raw = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    Arc::new(Schema::new(columns.fields().iter().map(raw).collect::<Vec<_>>()))
}

/// The columns as they are meant.
pub(super) fn typed(columns: &Schema) -> Result<Vec<Expr>> {
    columns.fields().iter().map(|field| Ok(typed_column(field)?.alias(field.name()))).collect()
}

fn typed_column(field: &Field) -> Result<Expr> {
    // The reader takes an empty text for NULL.
    let text = nullif(coalesce(vec![ident(field.name()), lit("")]), lit(NULL));
    Ok(match field.data_type() {
        DataType::Utf8 => text,
        DataType::Boolean => {
            let word = lower(text);
            when(word.clone().eq(lit("true")), lit(true)).when(word.eq(lit("false")), lit(false)).end()?
        }
        DataType::Binary => decode(text, lit("base64")),
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => {
            return Err(DataFusionError::NotImplemented(format!(
                "nested column `{}` in a text file; use JSON or Parquet",
                field.name()
            )));
        }
        other => try_cast(trim(vec![text]), other.clone()),
    })
}
