//! Rows that are divided by the values of columns, and versions that replace a part of them.

use std::{collections::BTreeSet, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, StringArray},
    record_batch::RecordBatch,
};
use futures::TryStreamExt;
use lake::{CommitRequest, DataFile, Error, PartWriter, PartitionBy, PartitionValues, Table, WriteMode};

use object_store::path::Path;

use crate::fixture::{TestLake, batch, current_ids, request, schema};

fn by_label() -> Vec<String> {
    vec!["label".to_owned()]
}

/// Writes ids, whose label is `label <id>`, and returns the files.
async fn parts(table: &Table, write_id: &str, by: PartitionBy, batches: &[&[i64]]) -> Vec<DataFile> {
    let folder = table.staging_path(write_id);
    let mut writer = PartWriter::try_new(table.lake().object_store(), folder, schema(), by).unwrap();
    for ids in batches {
        writer.write(&batch(ids.iter().copied())).await.unwrap();
    }
    let mut files = writer.finish().await.unwrap();
    files.sort_by(|left, right| left.partition.cmp(&right.partition));
    files
}

fn label_of(file: &DataFile) -> &str {
    file.partition["label"].as_str()
}

#[tokio::test]
async fn each_file_has_one_value() {
    let place = TestLake::new().await;
    let table = place.table();
    let files = parts(&table, "w", PartitionBy::Split(by_label()), &[&[1, 1, 2], &[1, 3]]).await;
    let found: Vec<(&str, u64)> = files.iter().map(|file| (label_of(file), file.rows)).collect();
    assert_eq!(found, [("label 1", 3), ("label 2", 1), ("label 3", 1)]);
    assert!(files.iter().all(|file| !file.path.contains('/')), "{files:?}");
    table.commit(request("w", WriteMode::Overwrite, files)).await.unwrap();
    assert_eq!(current_ids(&table).await, [1, 1, 1, 2, 3]);
}

#[tokio::test]
async fn folders_are_named_as_hive_does() {
    let place = TestLake::new().await;
    let table = place.table();
    let files = parts(&table, "w", PartitionBy::Hive(by_label()), &[&[1, 2]]).await;
    let manifest = table.commit(request("w", WriteMode::Overwrite, files)).await.unwrap();
    assert!(manifest.files[0].path.starts_with("data/w/label=label 1/part-"), "{manifest:?}");
    // The files leave out the column that the folder tells.
    let reading = table.snapshot().await.unwrap().read(&["label"]).unwrap();
    assert!(reading.try_collect::<Vec<_>>().await.is_err());
    assert_eq!(current_ids(&table).await, [1, 2]);
    let folders = BTreeSet::from(["label=label 1".to_owned(), "label=label 2".to_owned()]);
    let found = place.files("data/w").into_iter().map(|path| path.split('/').next().unwrap().to_owned()).collect();
    assert_eq!(folders, found);
}

#[tokio::test]
async fn open_files_are_bounded_whatever_the_number_of_values() {
    let place = TestLake::new().await;
    let ids: Vec<i64> = (0..100).collect();
    let files = parts(&place.table(), "w", PartitionBy::Split(by_label()), &[&ids, &ids]).await;
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 200);
    assert_eq!(files.iter().map(label_of).collect::<BTreeSet<_>>().len(), 100);
    // A file that was closed for want of room is not opened again.
    assert_eq!(files.len(), 200);
}

#[tokio::test]
async fn only_named_and_written_partitions_are_replaced() {
    let place = TestLake::new().await;
    let table = place.table();
    let split = || PartitionBy::Split(by_label());
    let files = parts(&table, "w1", split(), &[&[1, 1, 2, 3, 4]]).await;
    let gone = files[3].partition.clone();
    table.commit(request("w1", WriteMode::ReplacePartitions, files)).await.unwrap();

    let files = parts(&table, "w2", split(), &[&[1, 5]]).await;
    let request = CommitRequest { replaced: [gone].into(), ..request("w2", WriteMode::ReplacePartitions, files) };
    let manifest = table.commit(request).await.unwrap();
    assert_eq!(current_ids(&table).await, [1, 2, 3, 5]);
    // What stays of the older folder was carried over, so that listing the folders finds this version and no more.
    let found: BTreeSet<String> =
        listed(&table).await.into_iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect();
    let expected: BTreeSet<String> =
        manifest.files.iter().map(|file| file.path.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!((found, manifest.files.len()), (expected, 4));
}

/// All objects in the folders of the current version.
async fn listed(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for url in table.snapshot().await.unwrap().data_urls() {
        let folder = Path::from_url_path(url.path()).unwrap();
        let listing = table.lake().object_store().list(Some(&folder)).map_ok(|meta| meta.location.to_string());
        found.extend(listing.try_collect::<Vec<_>>().await.unwrap());
    }
    found
}

#[tokio::test]
async fn folders_stay_few_however_often_partitions_are_replaced() {
    let place = TestLake::new().await;
    let table = place.table();
    for id in 0..40 {
        let write_id = format!("w{id}");
        let files = parts(&table, &write_id, PartitionBy::Split(by_label()), &[&[id]]).await;
        table.commit(request(&write_id, WriteMode::ReplacePartitions, files)).await.unwrap();
        assert!(table.snapshot().await.unwrap().data_urls().len() <= 17);
    }
    assert_eq!(current_ids(&table).await, (0..40).collect::<Vec<i64>>());
    assert_eq!(listed(&table).await.len(), 40);
}

/// Labels of the partitions that a file has rows of.
fn labels_of(file: &DataFile) -> Vec<&str> {
    file.partitions().map(|values| values["label"].as_str()).collect()
}

#[tokio::test]
async fn small_runs_share_a_file_and_large_ones_do_not() {
    let place = TestLake::new().await;
    let table = place.table();
    let files = parts(&table, "w", PartitionBy::Runs(by_label()), &[&[1, 1, 2], &[2, 3], &[1]]).await;
    let found: Vec<(Vec<&str>, u64)> = files.iter().map(|file| (labels_of(file), file.rows)).collect();
    assert_eq!(found, [(vec!["label 1", "label 2", "label 3"], 6)]);

    let folder = table.staging_path("large");
    let by = PartitionBy::Runs(by_label());
    let mut writer = PartWriter::try_new(table.lake().object_store(), folder, labelled(&[]).schema(), by).unwrap();
    for label in ["a", "b", "c"] {
        // No number is like another, so that they do not become small when encoded.
        let numbers: Vec<i64> =
            (0..400_000_i64).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64)).collect();
        for some in numbers.chunks(50_000) {
            let rows: Vec<(i64, &str)> = some.iter().map(|number| (*number, label)).collect();
            writer.write(&labelled(&rows)).await.unwrap();
        }
    }
    let mut files = writer.finish().await.unwrap();
    files.sort_by(|left, right| left.partition.cmp(&right.partition));
    let found: Vec<(Vec<&str>, u64)> = files.iter().map(|file| (labels_of(file), file.rows)).collect();
    assert_eq!(found, [(vec!["a"], 400_000), (vec!["b"], 400_000), (vec!["c"], 400_000)]);
}

fn labelled(rows: &[(i64, &str)]) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|(id, _)| *id)));
    let labels: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|(_, label)| *label)));
    RecordBatch::try_from_iter([("id", ids), ("label", labels)]).unwrap()
}

#[tokio::test]
async fn a_large_run_behind_a_small_one_does_not_share_all_of_its_rows() {
    let place = TestLake::new().await;
    let table = place.table();
    let folder = table.staging_path("w");
    let by = PartitionBy::Runs(by_label());
    let mut writer = PartWriter::try_new(table.lake().object_store(), folder, labelled(&[]).schema(), by).unwrap();
    writer.write(&labelled(&[(1, "small")])).await.unwrap();
    for part in 0..20_i64 {
        let numbers = (0..50_000_i64).map(|number| (part * 50_000 + number).wrapping_mul(0x1E37_79B9_7F4A_7C15));
        let rows: Vec<(i64, &str)> = numbers.map(|number| (number, "large")).collect();
        writer.write(&labelled(&rows)).await.unwrap();
    }
    let files = writer.finish().await.unwrap();
    let shared: Vec<&DataFile> = files.iter().filter(|file| !file.shared.is_empty()).collect();
    assert_eq!((files.len(), shared.len()), (2, 1), "{files:?}");
    assert!(shared[0].rows < 500_000, "{shared:?}");
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 1_000_001);
}

#[tokio::test]
async fn attempts_side_by_side_leave_nothing_else_in_the_folders() {
    let place = TestLake::new().await;
    let table = place.table();
    let split = parts(&table, "w1", PartitionBy::Split(by_label()), &[&[1, 2, 3]]).await;
    let shared = parts(&table, "w1", PartitionBy::Runs(by_label()), &[&[4, 5]]).await;
    let all = split.into_iter().chain(shared).collect();
    table.commit(request("w1", WriteMode::ReplacePartitions, all)).await.unwrap();
    let files = parts(&table, "w2", PartitionBy::Split(by_label()), &[&[1, 4]]).await;
    let again = request("w2", WriteMode::ReplacePartitions, files);
    let attempts: Vec<_> = (0..8).map(|_| table.commit(again.clone())).collect();
    let manifests = futures::future::try_join_all(attempts).await.unwrap();
    assert!(manifests.iter().all(|manifest| manifest == &manifests[0]));
    assert_eq!(current_ids(&table).await, [1, 2, 3, 4, 5]);
    // What the file system has, whose names with `#` the store does not list.
    let named = |folder: &str| manifests[0].files.iter().filter(|file| file.path.starts_with(folder)).count();
    for folder in ["data/w2/", "data/w2.1/"] {
        assert_eq!(place.files(folder).len(), named(folder), "{:?}", place.files(folder));
    }
}

#[tokio::test]
async fn a_shared_file_keeps_the_rows_that_are_not_replaced() {
    let place = TestLake::new().await;
    let table = place.table();
    let runs = || PartitionBy::Runs(by_label());
    let files = parts(&table, "w1", runs(), &[&[1, 1, 2, 3, 4]]).await;
    table.commit(request("w1", WriteMode::ReplacePartitions, files)).await.unwrap();
    let label = |id: i64| PartitionValues::from([("label".to_owned(), format!("label {id}"))]);

    // Two is written anew, three goes; the file that both shared keeps one and four.
    let files = parts(&table, "w2", runs(), &[&[2, 2]]).await;
    let request2 = CommitRequest { replaced: [label(3)].into(), ..request("w2", WriteMode::ReplacePartitions, files) };
    let held = table.hold(request2).await.unwrap();
    assert_eq!(held.rows(), 2);
    assert_eq!(table.preview("w2").await.unwrap().rows(), 5);
    assert_eq!(current_ids(&table).await, [1, 1, 2, 3, 4], "a preview changes nothing");
    let manifest = table.promote("w2", None).await.unwrap();
    assert_eq!(current_ids(&table).await, [1, 1, 2, 2, 4]);
    let shrunk = manifest.files.iter().find(|file| file.path.starts_with("data/w2.1/")).unwrap();
    assert_eq!((labels_of(shrunk), shrunk.rows), (vec!["label 1", "label 4"], 3));
    let bounds = shrunk.bounds["id"];
    assert_eq!((bounds.min, bounds.max, bounds.nulls), (Some(1), Some(4), 0));
    assert_eq!(listed(&table).await.len(), manifest.files.len(), "folders hold this version and nothing else");

    // What stays of a file may be one partition, and then nothing.
    for (write, gone, expected) in [("w3", 1, vec![2, 2, 4]), ("w4", 4, vec![2, 2]), ("w5", 2, vec![])] {
        let request =
            CommitRequest { replaced: [label(gone)].into(), ..request(write, WriteMode::ReplacePartitions, vec![]) };
        table.commit(request).await.unwrap();
        assert_eq!(current_ids(&table).await, expected);
    }
}

#[tokio::test]
async fn a_partition_column_must_be_there_and_not_alone() {
    let place = TestLake::new().await;
    let table = place.table();
    for columns in [vec!["genre".to_owned()], vec!["id".to_owned(), "label".to_owned()]] {
        let (store, folder) = (table.lake().object_store(), table.staging_path("w"));
        let error = PartWriter::try_new(store, folder, schema(), PartitionBy::Hive(columns)).unwrap_err();
        assert!(matches!(error, Error::NoSuchColumn { .. }), "{error:?}");
    }
}
