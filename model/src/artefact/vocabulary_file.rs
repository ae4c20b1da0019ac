//! `vocabulary.parquet`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use bytes::Bytes;

use super::parquet_bytes;
use crate::{
    Error, Result,
    data::{Track, Vocabulary, integers, texts},
};

pub(super) const FILE: &str = "vocabulary.parquet";

const TEXT_COLUMNS: [&str; 5] = ["track_uri", "track_name", "artist_uri", "artist_name", "album_uri"];

/// Writes one row per item, in order.
pub(super) fn encode(vocabulary: &Vocabulary) -> Result<Vec<u8>> {
    let tracks = vocabulary.tracks();
    let texts: [fn(&Track) -> &str; 5] = [
        |track| &track.track_uri,
        |track| &track.track_name,
        |track| &track.artist_uri,
        |track| &track.artist_name,
        |track| &track.album_uri,
    ];
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from_iter_values((0..).take(tracks.len())))];
    for text in texts {
        columns.push(Arc::new(StringArray::from_iter_values(tracks.iter().map(text))));
    }
    columns.push(Arc::new(Int64Array::from_iter_values(tracks.iter().map(|track| i64::from(track.train_count)))));
    let schema = schema();
    let batch = RecordBatch::try_new(SchemaRef::clone(&schema), columns).map_err(Error::format("written", FILE))?;
    parquet_bytes::encode(FILE, &schema, &batch)
}

/// Reads a vocabulary.
pub(super) fn decode(bytes: Bytes) -> Result<Vocabulary> {
    let mut tracks = Vec::new();
    for batch in parquet_bytes::decode(FILE, bytes)? {
        let indices = integers(&batch, FILE, "index")?;
        let counts = integers(&batch, FILE, "train_count")?;
        let columns: Vec<StringArray> =
            TEXT_COLUMNS.iter().map(|column| texts(&batch, FILE, column)).collect::<Result<_>>()?;
        for row in 0..batch.num_rows() {
            if usize::try_from(indices.value(row)) != Ok(tracks.len()) {
                return Err(Error::Column {
                    table: FILE.to_owned(),
                    column: "index".to_owned(),
                    expected: "0, 1, 2 and so on",
                    found: format!("{} in row {}", indices.value(row), tracks.len()),
                });
            }
            let text = |column: usize| columns[column].value(row).to_owned();
            tracks.push(Track {
                track_uri: text(0),
                track_name: text(1),
                artist_uri: text(2),
                artist_name: text(3),
                album_uri: text(4),
                train_count: u32::try_from(counts.value(row)).unwrap_or(0),
            });
        }
    }
    Vocabulary::try_new(tracks)
}

fn schema() -> SchemaRef {
    let mut fields = vec![Field::new("index", DataType::Int64, false)];
    fields.extend(TEXT_COLUMNS.map(|column| Field::new(column, DataType::Utf8, false)));
    fields.push(Field::new("train_count", DataType::Int64, false));
    Arc::new(Schema::new(fields))
}
