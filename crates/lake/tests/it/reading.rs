//! Reading without a query engine, and what writers accept.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
        StructArray, TimestampMicrosecondArray,
    },
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Int32Type},
};
use futures::TryStreamExt;
use lake::{Error, Snapshot, WriteMode};

use crate::fixture::{TestLake, batch, ids, schema, write};

#[tokio::test]
async fn columns_come_in_the_order_asked_for() {
    let place = TestLake::new().await;
    let snapshot = write(&place.table(), WriteMode::Overwrite, [1, 2]).await;
    let whole = batch([1, 2]);
    for (columns, indices) in [
        (vec!["id", "label"], vec![0, 1]),
        (vec!["label", "id"], vec![1, 0]),
        (vec!["label"], vec![1]),
        (vec!["id", "id"], vec![0, 0]),
        (vec![], vec![]),
    ] {
        assert_eq!(read(&snapshot, &columns).await, [whole.project(&indices).unwrap()], "{columns:?}");
    }
}

#[tokio::test]
async fn a_column_that_is_not_there_is_refused_at_once() {
    let place = TestLake::new().await;
    let snapshot = write(&place.table(), WriteMode::Overwrite, [1]).await;
    let error = snapshot.read(&["id", "name"]).err().unwrap().to_string();
    assert_eq!(error, "table `t` has no column `name`; it has: id, label");
}

#[tokio::test]
async fn an_empty_table_keeps_its_schema() {
    let place = TestLake::new().await;
    let mut writer = place.table().writer(schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch([])).await.unwrap();
    writer.commit().await.unwrap();
    let snapshot = place.table().snapshot().await.unwrap();
    assert_eq!((snapshot.schema(), snapshot.rows(), snapshot.manifest().files.len()), (&schema(), 0, 0));
    assert!(read(&snapshot, &["label"]).await.is_empty());
}

#[tokio::test]
async fn every_file_is_read_in_bounded_batches() {
    let place = TestLake::new().await;
    let table = place.table();
    write(&table, WriteMode::Append, 0..20_000).await;
    let snapshot = write(&table, WriteMode::Append, 20_000..30_000).await;
    let batches = read(&snapshot, &["id"]).await;
    assert!(batches.iter().all(|batch| batch.num_rows() <= 8192));
    assert!(ids(&snapshot).await.into_iter().eq(0..30_000));
}

#[tokio::test]
async fn a_file_that_is_gone_or_damaged_is_named() {
    let place = TestLake::new().await;
    let snapshot = write(&place.table(), WriteMode::Overwrite, [1]).await;
    let file = &snapshot.manifest().files[0].path;
    let path = place.path().join("t").join(file);
    std::fs::write(&path, "no Parquet".repeat(100)).unwrap();
    check_damage(&snapshot, file).await;
    std::fs::remove_file(&path).unwrap();
    check_damage(&snapshot, file).await;
}

#[tokio::test]
async fn nested_columns_survive() {
    let place = TestLake::new().await;
    let nested = nested();
    let mut writer = place.table().writer(nested.schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(nested.clone()).await.unwrap();
    writer.write(nested.slice(1, 2)).await.unwrap();
    writer.commit().await.unwrap();
    let snapshot = place.table().snapshot().await.unwrap();
    assert_eq!(snapshot.schema(), &nested.schema());
    let columns = ["tracks", "genre", "sequence", "ratio", "flag", "at"];
    let indices: Vec<usize> = columns.iter().map(|name| nested.schema().index_of(name).unwrap()).collect();
    let found = arrow::compute::concat_batches(
        &nested.schema().project(&indices).unwrap().into(),
        &read(&snapshot, &columns).await,
    );
    let expected = arrow::compute::concat_batches(&nested.schema(), &[nested.clone(), nested.slice(1, 2)]).unwrap();
    assert_eq!(found.unwrap(), expected.project(&indices).unwrap());
}

#[tokio::test]
async fn a_writer_refuses_other_columns() {
    let place = TestLake::new().await;
    let mut writer = place.table().writer(schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch([1])).await.unwrap();
    let error = writer.write(batch([2]).project(&[1, 0]).unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::SchemaMismatch { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.ends_with("have the columns label Utf8, id Int64, expected id Int64, label Utf8"), "{text}");
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing_to_see() {
    let place = TestLake::new().await;
    let mut writer = place.table().writer(schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch([1])).await.unwrap();
    drop(writer);
    assert_eq!(place.table().latest_version().await.unwrap(), None);
    assert!(place.files("").is_empty());
}

async fn read(snapshot: &Snapshot, columns: &[&str]) -> Vec<RecordBatch> {
    snapshot.read(columns).unwrap().try_collect().await.unwrap()
}

async fn check_damage(snapshot: &Snapshot, file: &str) {
    let error = snapshot.read(&["id"]).unwrap().try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::Parquet { .. }), "{error:?}");
    assert!(error.to_string().starts_with("cannot open parquet file `") && error.to_string().contains(file), "{error}");
}

/// Three rows with every shape of column that the pipeline has.
fn nested() -> RecordBatch {
    let uris: ArrayRef = Arc::new(StringArray::from(vec![Some("item:1"), Some("item:2"), None]));
    let positions: ArrayRef = Arc::new(Int64Array::from(vec![0, 1, 0]));
    let fields = vec![Field::new("track_uri", DataType::Utf8, true), Field::new("pos", DataType::Int64, false)];
    let tracks = StructArray::new(fields.into(), vec![uris, positions], None);
    let genres: DictionaryArray<Int32Type> = [Some("rock"), None, Some("rock")].into_iter().collect();
    RecordBatch::try_from_iter_with_nullable([
        ("sequence", list(Arc::new(Int64Array::from(vec![Some(7), None, Some(9)])), [0, 2, 1]), true),
        ("tracks", list(Arc::new(tracks), [2, 0, 1]), true),
        ("genre", Arc::new(genres), true),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![1, 2, 3]).with_timezone("UTC")), false),
        ("ratio", Arc::new(Float64Array::from(vec![0.5, f64::MAX, -0.0])), false),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])), true),
    ])
    .unwrap()
}

/// Lists of these lengths.
fn list(values: ArrayRef, lengths: [usize; 3]) -> ArrayRef {
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Arc::new(ListArray::new(field, OffsetBuffer::from_lengths(lengths), values, None))
}
