//! The format and the columns of a table's files.

use std::sync::Arc;

use arrow::{datatypes::Schema, json::reader::infer_json_schema_from_iterator};
use athena::glue::Column;
use datafusion::{
    datasource::file_format::{FileFormat, parquet::ParquetFormat},
    execution::SessionStateBuilder,
};
use object_store::{ObjectMeta, ObjectStore};
use serde_json::Value as Json;
use udfs::scan::{BadInput, ScanSpec};

use super::{
    drift::wider,
    layout::FoundTable,
    sample::{head, lines, plain_name},
    text::{self, TextShape},
};
use crate::{Result, hive_type::hive_name};

/// Files whose heads are read, spread over all of a table's.
const SAMPLED_FILES: usize = 20;
/// Documents that are looked at of each JSON file.
const DOCUMENTS: usize = 1000;

/// What files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    Json,
    Text(TextShape),
    /// Slices in the form of the Million Playlist Dataset.
    Slices,
}

impl Format {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Json => "json",
            Self::Text(shape) if shape.delimiter == '\t' => "tsv",
            Self::Text(_) => "csv",
            Self::Slices => "slices",
        }
    }
}

/// A format and the columns that the sampled files have, together.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) format: Format,
    pub(super) columns: Vec<Column>,
    pub(super) sampled_files: usize,
}

/// What one file is; or why it cannot be told.
type Found = std::result::Result<(Format, Vec<Column>), String>;

/// Reads the heads of some files of a table.
///
/// # Errors
/// If the object store fails. That the files cannot be understood is told in the inner result.
pub(super) async fn detect(
    store: &Arc<dyn ObjectStore>,
    table: &FoundTable,
) -> Result<std::result::Result<Detected, String>> {
    let mut whole: Option<Detected> = None;
    for file in spread(&table.files) {
        let (format, columns) = match of_file(store, file).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(format!("{}: {reason}", file.location))),
        };
        match &mut whole {
            None => whole = Some(Detected { format, columns, sampled_files: 1 }),
            Some(whole) => {
                if let Err(reason) = join(whole, format, columns) {
                    return Ok(Err(format!("{}: {reason}", file.location)));
                }
            }
        }
    }
    Ok(whole.ok_or_else(|| "it has no files".to_owned()))
}

/// At most [`SAMPLED_FILES`], the first and the last among them.
fn spread(files: &[ObjectMeta]) -> impl Iterator<Item = &ObjectMeta> {
    let count = files.len().min(SAMPLED_FILES);
    (0..count).filter_map(move |number| files.get(number * (files.len() - 1) / (count - 1).max(1)))
}

fn join(whole: &mut Detected, format: Format, columns: Vec<Column>) -> std::result::Result<(), String> {
    whole.sampled_files += 1;
    let (before, now) = (whole.format.name(), format.name());
    if before != now {
        return Err(format!("it is {now}, files before it are {before}: a table has files of one format"));
    }
    if let (Format::Text(one), Format::Text(other)) = (&mut whole.format, format) {
        if one.delimiter != other.delimiter || one.has_header != other.has_header {
            return Err("its delimiter or its header is another than that of files before it".to_owned());
        }
        one.is_quoted |= other.is_quoted;
        // Columns of text are told by their place.
        if whole.columns.len() != columns.len() {
            return Err(format!("it has {} columns, files before it {}", columns.len(), whole.columns.len()));
        }
    }
    for column in columns {
        match whole.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => known.kind = wider(&known.kind, &column.kind),
            None => whole.columns.push(column),
        }
    }
    Ok(())
}

async fn of_file(store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<Found> {
    let lower = file.location.as_ref().to_lowercase();
    let (name, _) = plain_name(&lower);
    let end = name.rsplit('/').next().unwrap_or_default().rsplit_once('.').map_or("", |(_, end)| end);
    let (bytes, is_whole) = head(store.as_ref(), file).await?;
    if end == "parquet" || end == "pq" || bytes.starts_with(b"PAR1") {
        return of_parquet(store, file).await;
    }
    if ["json", "jsonl", "ndjson"].contains(&end) || bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(of_json(&bytes, is_whole));
    }
    if bytes.contains(&0) {
        return Ok(Err("it is neither Parquet nor JSON nor text".to_owned()));
    }
    let lines = lines(&bytes, is_whole);
    let Some(shape) = text::shape(&lines) else {
        return Ok(Err("no delimiter divides its lines into columns".to_owned()));
    };
    let columns = text::columns(&shape, &lines);
    Ok(Ok((Format::Text(shape), columns)))
}

async fn of_parquet(store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<Found> {
    let state = SessionStateBuilder::new().build();
    let schema = ParquetFormat::default().infer_schema(&state, store, std::slice::from_ref(file)).await;
    Ok(schema.map(|schema| (Format::Parquet, columns_of(&schema))).map_err(|error| error.to_string()))
}

fn of_json(bytes: &[u8], is_whole: bool) -> Found {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(64 * 1024)]);
    // A slice is one document over many lines, with its playlists behind a few words about it.
    if start.contains("\"playlists\"") && start.contains("\"info\"") {
        let schema = ScanSpec::playlists(BadInput::Fail).schema().map_err(|error| error.to_string())?;
        return Ok((Format::Slices, columns_of(&schema)));
    }
    let lines = lines(bytes, is_whole);
    let mut documents = Vec::new();
    for line in lines.iter().take(DOCUMENTS) {
        match serde_json::from_str::<Json>(line) {
            Ok(document @ Json::Object(_)) => documents.push(document),
            _ => {
                return Err(
                    "a line of it is not one JSON object; documents over several lines cannot be read".to_owned()
                );
            }
        }
    }
    if documents.is_empty() {
        return Err("it has no complete line".to_owned());
    }
    let schema = infer_json_schema_from_iterator(documents.into_iter().map(Ok)).map_err(|error| error.to_string())?;
    Ok((Format::Json, columns_of(&schema)))
}

pub(super) fn columns_of(schema: &Schema) -> Vec<Column> {
    let column = |field: &Arc<arrow::datatypes::Field>| Column {
        name: field.name().to_lowercase(),
        kind: hive_name(field.data_type()),
        ..Column::default()
    };
    schema.fields().iter().map(column).collect()
}
