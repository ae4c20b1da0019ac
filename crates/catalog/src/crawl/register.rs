//! The catalog's entries of tables that were found.

use std::collections::BTreeMap;

use athena::glue::{Column, PartitionInput, SerDeInfo, StorageDescriptor, TableInput};

use super::{
    detect::{Detected, Format},
    layout::FoundTable,
    report::CrawledTable,
};
use crate::{Catalog, DatabaseEntry, Error, Result, TableEntry};

/// Property of tables in which the format is noted.
const CLASSIFICATION: &str = "classification";
const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

/// What the catalog has under a table's name or location.
pub(super) enum Known {
    New,
    Same(TableEntry),
    NameTaken(TableEntry),
}

pub(super) async fn ensure_database(catalog: &Catalog, name: &str) -> Result<()> {
    match catalog.database(name).await {
        Err(Error::NoSuchDatabase { .. }) => {}
        found => return found.map(drop),
    }
    let database = DatabaseEntry { name: name.to_owned(), ..DatabaseEntry::default() };
    match catalog.create_database(database).await {
        // Somebody else was faster.
        Ok(()) | Err(Error::DatabaseExists { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

pub(super) async fn known(catalog: &Catalog, database: &str, found: &FoundTable) -> Result<Known> {
    let tables = match catalog.tables(database).await {
        Ok(tables) => tables,
        Err(Error::NoSuchDatabase { .. }) => return Ok(Known::New),
        Err(error) => return Err(error),
    };
    let plain = |location: &str| location.trim_end_matches('/').to_owned();
    let is_same = |entry: &&TableEntry| {
        !entry.in_lake && !entry.is_view() && entry.location().map(plain) == Some(plain(&found.location))
    };
    if let Some(entry) = tables.iter().find(is_same) {
        return Ok(Known::Same(entry.clone()));
    }
    let taken = tables.into_iter().find(|entry| entry.input.name == found.name);
    Ok(taken.map_or(Known::New, Known::NameTaken))
}

/// The name of the format of a table's entry.
pub(super) fn format_of(entry: &TableEntry) -> String {
    let storage = entry.input.storage_descriptor.as_ref();
    let serde = storage.and_then(|storage| storage.serde_info.as_ref());
    let library = serde.and_then(|serde| serde.serialization_library.as_deref()).unwrap_or_default();
    let parameter = |name: &str| serde.and_then(|serde| serde.parameters.get(name)).map(String::as_str);
    let delimiter = parameter("field.delim").or_else(|| parameter("separatorChar"));
    match library.rsplit('.').next().unwrap_or_default() {
        "ParquetHiveSerDe" => "parquet".to_owned(),
        "JsonSerDe" => "json".to_owned(),
        "MpdSliceSerDe" => "slices".to_owned(),
        "LazySimpleSerDe" | "OpenCSVSerde" if matches!(delimiter, Some("\t" | "\\t")) => "tsv".to_owned(),
        "LazySimpleSerDe" | "OpenCSVSerde" => "csv".to_owned(),
        other => other.to_owned(),
    }
}

pub(super) async fn create(
    catalog: &Catalog,
    database: &str,
    found: &FoundTable,
    detected: &Detected,
    crawled: &CrawledTable,
) -> Result<()> {
    let (input, output, serde, more) = storage_of(&detected.format);
    let mut parameters = BTreeMap::from([
        ("EXTERNAL".to_owned(), "TRUE".to_owned()),
        (CLASSIFICATION.to_owned(), detected.format.name().to_owned()),
        ("segue.crawled".to_owned(), "true".to_owned()),
    ]);
    parameters.extend(more);
    let key = |name: &String| Column { name: name.clone(), kind: "string".to_owned(), ..Column::default() };
    let table = TableInput {
        name: crawled.table.clone(),
        table_type: Some("EXTERNAL_TABLE".to_owned()),
        partition_keys: found.keys.iter().map(key).collect(),
        storage_descriptor: Some(StorageDescriptor {
            columns: crawled.columns.clone(),
            location: Some(found.location.clone()),
            input_format: Some(input.to_owned()),
            output_format: Some(output.to_owned()),
            serde_info: Some(serde),
            ..StorageDescriptor::default()
        }),
        parameters,
        ..TableInput::default()
    };
    catalog.create_table(database, table).await
}

type Properties = Vec<(String, String)>;

/// Input format, output format, `SerDe` and properties of the table.
fn storage_of(format: &Format) -> (&'static str, &'static str, SerDeInfo, Properties) {
    let serde = |library: &str, parameters: &[(&str, String)]| SerDeInfo {
        serialization_library: Some(library.to_owned()),
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        ..SerDeInfo::default()
    };
    match format {
        Format::Parquet => (
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            serde("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", &[]),
            Vec::new(),
        ),
        Format::Json => (TEXT_INPUT, TEXT_OUTPUT, serde("org.openx.data.jsonserde.JsonSerDe", &[]), Vec::new()),
        Format::Slices => (TEXT_INPUT, TEXT_OUTPUT, serde("segue.MpdSliceSerDe", &[]), Vec::new()),
        Format::Text(shape) => {
            let delimiter = shape.delimiter.to_string();
            let serde = if shape.is_quoted {
                let parameters = [("separatorChar", delimiter), ("quoteChar", "\"".to_owned())];
                serde("org.apache.hadoop.hive.serde2.OpenCSVSerde", &parameters)
            } else {
                let library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
                serde(library, &[("field.delim", delimiter.clone()), ("serialization.format", delimiter)])
            };
            let header = shape.has_header.then(|| ("skip.header.line.count".to_owned(), "1".to_owned()));
            (TEXT_INPUT, TEXT_OUTPUT, serde, header.into_iter().collect())
        }
    }
}

/// Gives a table the columns that it has from now on; the version before is kept.
pub(super) async fn update(catalog: &Catalog, entry: &TableEntry, crawled: &CrawledTable) -> Result<()> {
    let mut input = entry.input.clone();
    if let Some(storage) = &mut input.storage_descriptor {
        storage.columns.clone_from(&crawled.columns);
    }
    catalog.update_table(&entry.database, input, true).await
}

/// Registers partitions of these values.
pub(super) async fn add_partitions(
    catalog: &Catalog,
    entry: &TableEntry,
    found: &FoundTable,
    values: &[Vec<String>],
) -> Result<()> {
    for values in values {
        let Some(folder) = found.partitions.get(values) else { continue };
        let storage = entry.input.storage_descriptor.clone().unwrap_or_default();
        let location = Some(format!("{}{folder}/", found.location));
        let storage = StorageDescriptor { location, ..storage };
        let partition =
            PartitionInput { values: values.clone(), storage_descriptor: Some(storage), ..PartitionInput::default() };
        // One that somebody else has added in between is there.
        let _ = catalog.create_partition(entry, &partition).await?;
    }
    Ok(())
}
