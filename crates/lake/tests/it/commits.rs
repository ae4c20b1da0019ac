//! One commit: all at once, once only, and never half.

use std::{collections::BTreeMap, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema};
use futures::TryStreamExt;
use lake::{CommitRequest, Error, Snapshot, WriteMode};
use object_store::ObjectStoreExt;

use crate::fixture::{TestLake, batch, current_ids, ids, request, schema, stage, write};

#[tokio::test]
async fn staged_files_are_visible_together_and_only_after_the_commit() {
    let place = TestLake::new().await;
    let table = place.table();
    let files = vec![stage(&table, "w", "b.parquet", [3]).await, stage(&table, "w", "a.parquet", [1, 2]).await];
    assert!(place.files("data").is_empty());
    assert!(matches!(table.snapshot().await, Err(Error::NoSuchTable { .. })));

    let manifest = table.commit(request("w", WriteMode::Overwrite, files)).await.unwrap();
    let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["data/w/a.parquet", "data/w/b.parquet"]);
    assert_eq!((manifest.version, manifest.rows()), (1, 3));
    assert_eq!(place.files(""), ["_commits/00000000000000000001.json", "data/w/a.parquet", "data/w/b.parquet"]);
    assert_eq!(current_ids(&table).await, [1, 2, 3]);
}

#[tokio::test]
async fn the_same_write_commits_once() {
    let place = TestLake::new().await;
    let table = place.table();
    let files = vec![stage(&table, "w", "a.parquet", [1]).await];
    let first = table.commit(request("w", WriteMode::Append, files.clone())).await.unwrap();
    write(&table, WriteMode::Append, [2]).await;

    let again = table.commit(request("w", WriteMode::Append, files)).await.unwrap();
    assert_eq!(again, first);
    // Another attempt brings files of its own: they lose.
    let late = vec![stage(&table, "w", "late.parquet", [1]).await];
    assert_eq!(table.commit(request("w", WriteMode::Append, late)).await.unwrap(), first);
    assert_eq!(table.latest_version().await.unwrap(), Some(2));
    assert_eq!(current_ids(&table).await, [1, 2]);
}

#[tokio::test]
async fn files_of_losing_attempts_are_removed() {
    let place = TestLake::new().await;
    let table = place.table();
    stage(&table, "w", "lost.parquet", [1, 2]).await;
    stage(&table, "other", "running.parquet", [9]).await;
    let won = vec![stage(&table, "w", "won.parquet", [1, 2]).await];
    table.commit(request("w", WriteMode::Overwrite, won)).await.unwrap();
    assert_eq!(place.files("_staging"), ["other/running.parquet"]);
    assert_eq!(current_ids(&table).await, [1, 2]);
}

#[tokio::test]
async fn an_interrupted_commit_is_completed() {
    let place = TestLake::new().await;
    let (table, store) = (place.table(), place.lake.object_store());
    let files = vec![stage(&table, "w", "a.parquet", [1]).await, stage(&table, "w", "b.parquet", [2]).await];
    let moved = table.staging_path("w").join("a.parquet");
    store.rename(&moved, &table.path("data/w/a.parquet")).await.unwrap();

    let manifest = table.commit(request("w", WriteMode::Overwrite, files)).await.unwrap();
    assert_eq!((manifest.files.len(), manifest.rows()), (2, 2));
    assert_eq!(current_ids(&table).await, [1, 2]);
}

#[tokio::test]
async fn a_file_that_is_nowhere_fails_the_commit() {
    let place = TestLake::new().await;
    let table = place.table();
    let mut file = stage(&table, "w", "a.parquet", [1]).await;
    file.path = "b.parquet".to_owned();
    let error = table.commit(request("w", WriteMode::Overwrite, vec![file])).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot find the staged file `") && error.contains("_staging/w/b.parquet"), "{error}");
    assert!(error.ends_with(": it does not exist"), "{error}");
    assert_eq!(table.latest_version().await.unwrap(), None);
}

#[tokio::test]
async fn overwrite_replaces_and_append_adds() {
    let place = TestLake::new().await;
    let table = place.table();
    write(&table, WriteMode::Append, [1]).await;
    write(&table, WriteMode::Append, [2, 3]).await;
    assert_eq!(current_ids(&table).await, [1, 2, 3]);
    write(&table, WriteMode::Overwrite, [4]).await;
    let last = write(&table, WriteMode::Append, [5]).await;
    assert_eq!((ids(&last).await, last.version(), last.rows()), (vec![4, 5], 4, 2));
    assert!(last.bytes() > 0);
}

#[tokio::test]
async fn readers_keep_the_version_that_they_hold() {
    let place = TestLake::new().await;
    let table = place.table();
    let first = write(&table, WriteMode::Overwrite, [1, 2]).await;
    let second = write(&table, WriteMode::Append, [3]).await;
    let mut reading = second.read(&["id", "label"]).unwrap();
    assert_eq!(reading.try_next().await.unwrap(), Some(batch([1, 2])));
    write(&table, WriteMode::Overwrite, [9]).await;
    assert_eq!(reading.try_next().await.unwrap(), Some(batch([3])));
    assert_eq!(reading.try_next().await.unwrap(), None);
    assert_eq!(ids(&first).await, [1, 2]);
    assert_eq!(current_ids(&table).await, [9]);
}

/// The tasks of a job were run again under other names after the first commit died among its moves.
#[tokio::test]
async fn the_first_list_of_files_stays() {
    let place = TestLake::new().await;
    let (table, store) = (place.table(), place.lake.object_store());
    let first = vec![stage(&table, "w", "a.parquet", [1]).await, stage(&table, "w", "b.parquet", [2]).await];
    let list = serde_json::to_vec(&first).unwrap();
    store.put(&table.staging_path("w").join("_files.json"), list.into()).await.unwrap();
    store.rename(&table.staging_path("w").join("a.parquet"), &table.path("data/w/a.parquet")).await.unwrap();

    let again = vec![stage(&table, "w", "c.parquet", [1]).await, stage(&table, "w", "d.parquet", [2]).await];
    table.commit(request("w", WriteMode::Overwrite, again)).await.unwrap();
    assert_eq!(place.files("data"), ["w/a.parquet", "w/b.parquet"]);
    assert_eq!(place.files("_staging"), [""; 0]);
    assert_eq!(current_ids(&table).await, [1, 2]);
}

/// A reader that lists the folders of a version finds its files and nothing else.
#[tokio::test]
async fn the_folders_of_a_version_are_whole() {
    let place = TestLake::new().await;
    let table = place.table();
    let first = write(&table, WriteMode::Overwrite, [1]).await;
    let second = write(&table, WriteMode::Overwrite, [2]).await;
    let third = write(&table, WriteMode::Append, [3]).await;
    assert_eq!(listed(&first), files_of(&first));
    assert_eq!(listed(&second), files_of(&second));
    assert_eq!(third.data_urls().len(), 2);
    assert_eq!(listed(&third), files_of(&third));
}

fn files_of(snapshot: &Snapshot) -> Vec<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let mut names: Vec<String> = snapshot.manifest().files.iter().map(|file| name(&file.path)).collect();
    names.sort();
    names
}

fn listed(snapshot: &Snapshot) -> Vec<String> {
    let folders = snapshot.data_urls();
    let entries = folders.iter().flat_map(|url| std::fs::read_dir(url.to_file_path().unwrap()).unwrap());
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_table_that_must_have_rows_keeps_them() {
    let place = TestLake::new().await;
    let table = place.table();
    let empty =
        |write_id: &str| CommitRequest { allow_empty: false, ..request(write_id, WriteMode::Overwrite, vec![]) };
    let error = table.commit(empty("w1")).await.unwrap_err();
    assert!(matches!(error, Error::EmptyTable { .. }), "{error:?}");
    assert_eq!(place.files(""), [""; 0]);
    write(&table, WriteMode::Overwrite, [1]).await;
    table.commit(empty("w2")).await.unwrap_err();
    assert_eq!(current_ids(&table).await, [1]);
    // Nothing to add is no reason to refuse.
    let append = CommitRequest { mode: WriteMode::Append, ..empty("w3") };
    assert_eq!(table.commit(append).await.unwrap().rows(), 1);
}

#[tokio::test]
async fn a_version_says_what_it_was_computed_from() {
    let place = TestLake::new().await;
    let table = place.table();
    let inputs: BTreeMap<String, u64> = [("tracks".to_owned(), 7)].into();
    let request = CommitRequest { inputs: inputs.clone(), ..request("w", WriteMode::Overwrite, vec![]) };
    table.commit(request).await.unwrap();
    assert_eq!(table.snapshot().await.unwrap().manifest().inputs, inputs);
    write(&table, WriteMode::Append, [1]).await;
    assert_eq!(table.snapshot().await.unwrap().manifest().inputs, BTreeMap::new());
}

#[tokio::test]
async fn appended_rows_must_have_the_tables_columns() {
    let id = || Field::new("id", DataType::Int64, false);
    let expected = "rows for `t` have the columns ";
    check_append(vec![id()], &format!("{expected}id Int64, expected id Int64, label Utf8")).await;
    let label = Field::new("label", DataType::Int64, true);
    check_append(vec![id(), label], &format!("{expected}id Int64, label Int64, expected")).await;
    let name = Field::new("name", DataType::Utf8, true);
    check_append(vec![id(), name], &format!("{expected}id Int64, name Utf8, expected")).await;
}

#[tokio::test]
async fn a_column_may_be_null_if_it_may_in_any_file() {
    for nullable in [[false, true], [true, false]] {
        let place = TestLake::new().await;
        let table = place.table();
        for (write_id, nullable) in ["w1", "w2"].iter().zip(nullable) {
            let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, nullable)]));
            let request = CommitRequest { schema, ..request(write_id, WriteMode::Append, Vec::new()) };
            table.commit(request).await.unwrap();
        }
        assert!(table.snapshot().await.unwrap().schema().field(0).is_nullable(), "{nullable:?}");
    }
}

/// Appends rows of other columns to a table of `id` and `label`; nothing may change.
async fn check_append(fields: Vec<Field>, expected: &str) {
    let place = TestLake::new().await;
    let table = place.table();
    write(&table, WriteMode::Overwrite, [1]).await;
    let before = place.files("data");
    let files = vec![stage(&table, "w", "a.parquet", [2]).await];
    let schema = Arc::new(Schema::new(fields));
    let append = CommitRequest { schema: Arc::clone(&schema), ..request("w", WriteMode::Append, files.clone()) };
    let error = table.commit(append).await.unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}");
    assert_eq!(place.files("data"), before);

    let overwrite = CommitRequest { schema: Arc::clone(&schema), ..request("w", WriteMode::Overwrite, files) };
    table.commit(overwrite).await.unwrap();
    assert_eq!(table.snapshot().await.unwrap().schema(), &schema);
    assert_ne!(schema, self::schema());
}
