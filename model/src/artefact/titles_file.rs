//! `titles.parquet`.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use bytes::Bytes;

use super::parquet_bytes;
use crate::{
    Error, Result,
    data::{Item, integers, texts},
    rivals::{TermKind, TermTracks, TitleModel},
};

pub(super) const FILE: &str = "titles.parquet";

/// Writes one row per term and track, by term and most frequent first.
pub(super) fn encode(titles: &TitleModel) -> Result<Vec<u8>> {
    let rows: Vec<(TermKind, &str, u32, Item, u32)> = titles
        .terms()
        .iter()
        .flat_map(|((kind, term), tracks)| {
            tracks.tracks.iter().map(|&(item, count)| (*kind, term.as_str(), tracks.playlists, item, count))
        })
        .collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|(kind, ..)| kind.as_str()))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|(_, term, ..)| term))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, _, playlists, ..)| i64::from(*playlists)))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, _, _, item, _)| i64::from(*item)))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(.., count)| i64::from(*count)))),
    ];
    let schema = schema();
    let batch = RecordBatch::try_new(SchemaRef::clone(&schema), columns).map_err(Error::format("written", FILE))?;
    parquet_bytes::encode(FILE, &schema, &batch)
}

/// Reads the terms of a model that knows so many tracks.
pub(super) fn decode(bytes: Bytes, items: usize) -> Result<TitleModel> {
    let mut terms: BTreeMap<(TermKind, String), TermTracks> = BTreeMap::new();
    for batch in parquet_bytes::decode(FILE, bytes)? {
        let kinds = texts(&batch, FILE, "kind")?;
        let words = texts(&batch, FILE, "term")?;
        let playlists = integers(&batch, FILE, "playlists")?;
        let indices = integers(&batch, FILE, "index")?;
        let counts = integers(&batch, FILE, "playlists_with_track")?;
        for row in 0..batch.num_rows() {
            let kind = TermKind::parse(kinds.value(row))
                .ok_or_else(|| wrong("kind", "`title` or `word`", kinds.value(row).to_owned()))?;
            let number = |value: i64| u32::try_from(value).map_err(|_| wrong("index", "a count", value.to_string()));
            let item = Item(number(indices.value(row))?);
            if item.index() >= items {
                return Err(wrong("index", "places in the vocabulary", item.to_string()));
            }
            let tracks = terms.entry((kind, words.value(row).to_owned())).or_default();
            tracks.playlists = number(playlists.value(row))?;
            tracks.tracks.push((item, number(counts.value(row))?));
        }
    }
    Ok(TitleModel::new(terms))
}

fn wrong(column: &str, expected: &'static str, found: String) -> Error {
    Error::Column { table: FILE.to_owned(), column: column.to_owned(), expected, found }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("kind", DataType::Utf8, false),
        Field::new("term", DataType::Utf8, false),
        Field::new("playlists", DataType::Int64, false),
        Field::new("index", DataType::Int64, false),
        Field::new("playlists_with_track", DataType::Int64, false),
    ]))
}
