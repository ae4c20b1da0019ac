//! The form of the files that statements write.

use std::collections::BTreeMap;

use arrow::datatypes::Field;
use athena::glue::{Column, SerDeInfo, StorageDescriptor, TableInput};
use catalog::{TableEntry, hive_type::hive_name, provider::file_format};
use hive::{JsonFormat, RowFormat, TextFormat};
use udfs::{
    files_table::FileFormat,
    operators::{ParquetCompression, RowCompression, WriteFormat},
};

use super::{Properties, Property};
use crate::error::{QueryError, QueryResult};

const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet";
const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

/// What CREATE TABLE AS and UNLOAD may be told of files.
pub(super) const NAMES: [&str; 7] = [
    "format",
    "compression",
    "write_compression",
    "parquet_compression",
    "field_delimiter",
    "table_type",
    "is_external",
];

/// Refuses properties that would not have their effect.
pub(super) fn check_properties(properties: &Properties, more: &[&str]) -> QueryResult<()> {
    for (name, value) in properties {
        if !NAMES.contains(&name.as_str()) && !more.contains(&name.as_str()) {
            return Err(QueryError::not_supported(format!("not supported: the property {name}")));
        }
        let Property::Text(text) = value else { continue };
        let is_known = match name.as_str() {
            "table_type" => text.eq_ignore_ascii_case("HIVE"),
            "is_external" => text.eq_ignore_ascii_case("true"),
            _ => true,
        };
        if !is_known {
            return Err(QueryError::not_supported(format!("not supported: {name} = '{text}'")));
        }
    }
    Ok(())
}

fn text<'p>(properties: &'p Properties, name: &str) -> Option<&'p str> {
    match properties.get(name) {
        Some(Property::Text(text)) => Some(text),
        _ => None,
    }
}

/// The form that properties ask for: Parquet with Zstandard where they say nothing; text and JSON with gzip, as Athena.
pub(super) fn of_properties(properties: &Properties) -> QueryResult<WriteFormat> {
    let format = text(properties, "format").unwrap_or("PARQUET").to_uppercase();
    let own = (format == "PARQUET").then(|| text(properties, "parquet_compression")).flatten();
    let compression = own.or_else(|| text(properties, "write_compression")).or_else(|| text(properties, "compression"));
    let delimiter = text(properties, "field_delimiter");
    if delimiter.is_some() && format != "TEXTFILE" {
        let message = format!("Cannot specify field_delimiter table property for storage format: {format}");
        return Err(QueryError::new("INVALID_TABLE_PROPERTY", message));
    }
    Ok(match format.as_str() {
        "PARQUET" => WriteFormat::Parquet { compression: parquet_compression(compression)? },
        "JSON" => {
            let rows = RowFormat::Json(JsonFormat { lenient: true, ..JsonFormat::default() });
            WriteFormat::Rows { rows, compression: row_compression(compression)? }
        }
        "TEXTFILE" => {
            let mut rows = TextFormat::default();
            if let Some(delimiter) = delimiter {
                rows.delimiters[0] = one_byte(delimiter)?;
            }
            WriteFormat::Rows { rows: RowFormat::Text(rows), compression: row_compression(compression)? }
        }
        _ => {
            return Err(QueryError::not_supported(format!(
                "not supported: format = '{format}'; use PARQUET, JSON or TEXTFILE"
            )));
        }
    })
}

fn one_byte(delimiter: &str) -> QueryResult<u8> {
    match delimiter.as_bytes() {
        [byte] => Ok(*byte),
        b"\\t" => Ok(b'\t'),
        _ => Err(QueryError::not_supported(format!("not supported: field_delimiter '{delimiter}'; a single byte is"))),
    }
}

fn parquet_compression(name: Option<&str>) -> QueryResult<ParquetCompression> {
    let Some(name) = name else { return Ok(ParquetCompression::default()) };
    ParquetCompression::of_name(name).ok_or_else(|| not_for("PARQUET", &name.to_uppercase()))
}

fn row_compression(name: Option<&str>) -> QueryResult<RowCompression> {
    let Some(name) = name else { return Ok(RowCompression::default()) };
    match name.to_uppercase().as_str() {
        "NONE" | "UNCOMPRESSED" => Ok(RowCompression::None),
        "GZIP" => Ok(RowCompression::Gzip),
        "ZSTD" => Ok(RowCompression::Zstd),
        other => Err(not_for("text and JSON", other)),
    }
}

fn not_for(format: &str, compression: &str) -> QueryError {
    QueryError::not_supported(format!("not supported: compression {compression} of {format}"))
}

/// The form of the files of a table that exists.
pub(super) fn of_table(table: &TableEntry) -> QueryResult<WriteFormat> {
    let not_done = |what: String| QueryError::not_supported(format!("not supported: INSERT INTO a table of {what}"));
    let storage = table.input.storage_descriptor.clone().unwrap_or_default();
    let serde = storage.serde_info.clone().unwrap_or_default();
    let parameter = |names: &[&str]| {
        let found =
            names.iter().find_map(|name| table.input.parameters.get(*name).or_else(|| serde.parameters.get(*name)));
        found.map(String::as_str)
    };
    match file_format(&table.input, &storage).map_err(not_done)? {
        FileFormat::Parquet => {
            let name = parameter(&["write.compression", "parquet.compression", "parquet.compress"]);
            Ok(WriteFormat::Parquet { compression: parquet_compression(name)? })
        }
        FileFormat::Rows { skipped_lines: 1.., .. } => {
            Err(not_done("files with header lines, which inserts do not write".to_owned()))
        }
        FileFormat::Rows { rows: RowFormat::Csv(_), .. } => {
            Err(not_done("OpenCSVSerde, which Athena does not write".to_owned()))
        }
        FileFormat::Rows { rows: RowFormat::Json(json), .. }
            if !json.case_insensitive || json.dots_in_keys || !json.keys.is_empty() =>
        {
            Err(not_done("JSON with keys that are not the names of columns".to_owned()))
        }
        FileFormat::Rows { rows, .. } => {
            let name = parameter(&["write.compression"]);
            Ok(WriteFormat::Rows { rows, compression: row_compression(name)? })
        }
    }
}

/// The catalog's entry of a table with files of this form.
pub(super) fn table_of(
    name: &str,
    format: &WriteFormat,
    columns: &[Field],
    keys: &[Field],
    location: &str,
) -> TableInput {
    let column =
        |field: &Field| Column { name: field.name().clone(), kind: hive_name(field.data_type()), ..Column::default() };
    let described = described(format);
    let mut parameters = BTreeMap::from([
        ("EXTERNAL".to_owned(), "TRUE".to_owned()),
        ("classification".to_owned(), described.classification.to_owned()),
    ]);
    parameters.insert(described.compression.0.to_owned(), described.compression.1.to_owned());
    let serde = SerDeInfo {
        serialization_library: Some(described.library),
        parameters: described.serde,
        ..SerDeInfo::default()
    };
    TableInput {
        name: name.to_owned(),
        table_type: Some("EXTERNAL_TABLE".to_owned()),
        storage_descriptor: Some(StorageDescriptor {
            columns: columns.iter().map(column).collect(),
            location: Some(location.to_owned()),
            input_format: Some(described.input),
            output_format: Some(described.output),
            serde_info: Some(serde),
            ..StorageDescriptor::default()
        }),
        partition_keys: keys.iter().map(column).collect(),
        parameters,
        ..TableInput::default()
    }
}

struct Described {
    classification: &'static str,
    library: String,
    input: String,
    output: String,
    serde: BTreeMap<String, String>,
    compression: (&'static str, &'static str),
}

fn described(format: &WriteFormat) -> Described {
    let of_text = |classification, library: &str, serde, compression: &RowCompression| Described {
        classification,
        library: library.to_owned(),
        input: TEXT_INPUT.to_owned(),
        output: TEXT_OUTPUT.to_owned(),
        serde,
        compression: (
            "write.compression",
            match compression {
                RowCompression::None => "NONE",
                RowCompression::Gzip => "GZIP",
                RowCompression::Zstd => "ZSTD",
            },
        ),
    };
    match format {
        WriteFormat::Parquet { compression } => Described {
            classification: "parquet",
            library: format!("{PARQUET}.serde.ParquetHiveSerDe"),
            input: format!("{PARQUET}.MapredParquetInputFormat"),
            output: format!("{PARQUET}.MapredParquetOutputFormat"),
            serde: BTreeMap::new(),
            compression: (
                "parquet.compression",
                match compression {
                    ParquetCompression::None => "UNCOMPRESSED",
                    ParquetCompression::Snappy => "SNAPPY",
                    ParquetCompression::Gzip => "GZIP",
                    ParquetCompression::Lz4 => "LZ4",
                    ParquetCompression::Zstd => "ZSTD",
                },
            ),
        },
        WriteFormat::Rows { rows: RowFormat::Text(text), compression } => {
            let delimiter = char::from(text.delimiters[0]).to_string();
            let serde = ["field.delim", "serialization.format"].map(|name| (name.to_owned(), delimiter.clone()));
            of_text("csv", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", serde.into(), compression)
        }
        WriteFormat::Rows { rows: _, compression } => {
            of_text("json", "org.openx.data.jsonserde.JsonSerDe", BTreeMap::new(), compression)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(pairs: &[(&str, &str)]) -> Properties {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Property::Text((*value).to_owned()))).collect()
    }

    #[test]
    fn files_have_the_form_that_is_asked_for() {
        let of = |pairs: &[(&str, &str)]| of_properties(&properties(pairs)).unwrap();
        let parquet = |compression| WriteFormat::Parquet { compression };
        assert_eq!(of(&[]), parquet(ParquetCompression::Zstd));
        assert_eq!(of(&[("format", "parquet"), ("write_compression", "snappy")]), parquet(ParquetCompression::Snappy));
        assert_eq!(of(&[("parquet_compression", "GZIP")]), parquet(ParquetCompression::Gzip));
        let WriteFormat::Rows { rows: RowFormat::Text(text), compression } =
            of(&[("format", "TEXTFILE"), ("field_delimiter", ","), ("compression", "none")])
        else {
            panic!("no text")
        };
        assert_eq!((text.delimiters[0], compression), (b',', RowCompression::None));
    }

    #[test]
    fn what_would_have_no_effect_is_refused() {
        for pairs in [
            [("format", "ORC"), ("write_compression", "ZSTD")],
            [("format", "JSON"), ("write_compression", "SNAPPY")],
            [("format", "PARQUET"), ("field_delimiter", ",")],
            [("format", "TEXTFILE"), ("field_delimiter", "||")],
        ] {
            assert!(of_properties(&properties(&pairs)).is_err(), "{pairs:?}");
        }
        for (name, value) in [("bucketed_by", "a"), ("table_type", "ICEBERG"), ("is_external", "false")] {
            assert!(check_properties(&properties(&[(name, value)]), &[]).is_err(), "{name}");
        }
    }

    #[test]
    fn tables_are_read_as_they_were_written() {
        for pairs in [
            &[("format", "TEXTFILE"), ("field_delimiter", "|")][..],
            &[("format", "JSON"), ("write_compression", "ZSTD")],
            &[("parquet_compression", "LZ4")],
        ] {
            let format = of_properties(&properties(pairs)).unwrap();
            let input = table_of("t", &format, &[], &[], "s3://b/t/");
            let table = TableEntry {
                database: "d".to_owned(),
                input,
                version: 1,
                created_at_us: 0,
                updated_at_us: 0,
                in_lake: false,
            };
            assert_eq!(of_table(&table).unwrap(), format, "{pairs:?}");
        }
    }
}
