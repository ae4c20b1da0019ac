//! `cooccurrence.parquet`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Float32Array, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use bytes::Bytes;

use super::parquet_bytes;
use crate::{
    Error, Result,
    data::{Item, integers, numbers},
    rivals::{Neighbour, Neighbours},
};

pub(super) const FILE: &str = "cooccurrence.parquet";

/// Writes one row per pair, by item and best first.
pub(super) fn encode(neighbours: &Neighbours) -> Result<Vec<u8>> {
    let items = (0..).take(neighbours.items()).map(Item);
    let pairs = || items.clone().flat_map(|item| neighbours.of(item).iter().map(move |neighbour| (item, neighbour)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(pairs().map(|(item, _)| i64::from(item)))),
        Arc::new(Int64Array::from_iter_values(pairs().map(|(_, neighbour)| i64::from(neighbour.item)))),
        Arc::new(Float32Array::from_iter_values(pairs().map(|(_, neighbour)| neighbour.cosine))),
    ];
    let schema = schema();
    let batch = RecordBatch::try_new(SchemaRef::clone(&schema), columns).map_err(Error::format("written", FILE))?;
    parquet_bytes::encode(FILE, &schema, &batch)
}

/// Reads the neighbours of so many items.
pub(super) fn decode(bytes: Bytes, items: usize) -> Result<Neighbours> {
    let mut lists: Vec<Vec<Neighbour>> = vec![Vec::new(); items];
    for batch in parquet_bytes::decode(FILE, bytes)? {
        let indices = integers(&batch, FILE, "index")?;
        let others = integers(&batch, FILE, "neighbour_index")?;
        let cosines = numbers(&batch, FILE, "cosine")?;
        for row in 0..batch.num_rows() {
            let item = item(indices.value(row), "index", items)?;
            let neighbour = self::item(others.value(row), "neighbour_index", items)?;
            #[expect(clippy::cast_possible_truncation, reason = "it was written as f32")]
            let cosine = cosines.value(row) as f32;
            lists[item.index()].push(Neighbour { item: neighbour, cosine });
        }
    }
    Ok(Neighbours::new(lists.into_iter().collect()))
}

fn item(index: i64, column: &str, items: usize) -> Result<Item> {
    u32::try_from(index).ok().map(Item).filter(|item| item.index() < items).ok_or_else(|| Error::Column {
        table: FILE.to_owned(),
        column: column.to_owned(),
        expected: "places in the vocabulary",
        found: format!("{index}, where the vocabulary has {items} tracks"),
    })
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("index", DataType::Int64, false),
        Field::new("neighbour_index", DataType::Int64, false),
        Field::new("cosine", DataType::Float32, false),
    ]))
}
