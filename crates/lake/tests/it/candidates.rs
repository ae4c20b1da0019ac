//! Writes that are looked at before they become a version.

use std::collections::BTreeMap;

use lake::{CommitRequest, DataFile, Error, Origin, PartitionValues, WriteMode};

use crate::fixture::{TestLake, current_ids, ids, request, stage, write};

#[tokio::test]
async fn a_candidate_is_seen_by_those_who_ask_for_it_only() {
    let place = TestLake::new().await;
    let table = place.table();
    write(&table, WriteMode::Overwrite, [1, 2]).await;
    let file = stage(&table, "w", "part-a.parquet", [3]).await;
    let candidate = table.hold(request("w", WriteMode::Append, vec![file])).await.unwrap();
    assert_eq!((candidate.rows(), candidate.files().len()), (1, 1));
    assert_eq!(current_ids(&table).await, [1, 2]);
    assert_eq!(ids(&table.preview("w").await.unwrap()).await, [1, 2, 3]);

    let origin = Origin { definition: "d".to_owned(), sources: BTreeMap::from([("s".to_owned(), "1".to_owned())]) };
    let manifest = table.promote("w", Some(origin.clone())).await.unwrap();
    assert_eq!((manifest.version, manifest.origin), (2, Some(origin)));
    assert_eq!(current_ids(&table).await, [1, 2, 3]);
    assert_eq!(place.files("_staging"), Vec::<String>::new());
}

#[tokio::test]
async fn an_attempt_that_comes_late_changes_nothing() {
    let place = TestLake::new().await;
    let table = place.table();
    let first = stage(&table, "w", "part-a.parquet", [1]).await;
    let second = stage(&table, "w", "part-b.parquet", [1]).await;
    let held = table.hold(request("w", WriteMode::Overwrite, vec![first])).await.unwrap();
    let again = |files: Vec<DataFile>| table.hold(request("w", WriteMode::Overwrite, files));
    assert_eq!(again(vec![second.clone()]).await.unwrap(), held);
    table.promote("w", None).await.unwrap();
    assert_eq!(again(vec![second]).await.unwrap(), held, "after the promotion");
    assert_eq!(table.promote("w", None).await.unwrap().version, 1, "promoted once");
    assert_eq!(current_ids(&table).await, [1]);
}

#[tokio::test]
async fn a_preview_follows_what_is_committed_meanwhile() {
    let place = TestLake::new().await;
    let table = place.table();
    let file = stage(&table, "w", "part-a.parquet", [3]).await;
    table.hold(request("w", WriteMode::Append, vec![file])).await.unwrap();
    write(&table, WriteMode::Overwrite, [7]).await;
    assert_eq!(ids(&table.preview("w").await.unwrap()).await, [3, 7]);
    assert_eq!(table.promote("w", None).await.unwrap().version, 2);
    assert_eq!(current_ids(&table).await, [3, 7]);
}

#[tokio::test]
async fn a_table_that_must_have_rows_keeps_them_whatever_is_committed_meanwhile() {
    let place = TestLake::new().await;
    let table = place.table();
    let partition = |id: i64| PartitionValues::from([("label".to_owned(), format!("label {id}"))]);
    let file = |file: DataFile, id| DataFile { partition: partition(id), ..file };
    let files = vec![
        file(stage(&table, "w1", "part-a.parquet", [1]).await, 1),
        file(stage(&table, "w1", "part-b.parquet", [2]).await, 2),
    ];
    table.commit(request("w1", WriteMode::Overwrite, files)).await.unwrap();
    let removing = CommitRequest {
        replaced: [partition(1)].into(),
        allow_empty: false,
        ..request("w2", WriteMode::ReplacePartitions, Vec::new())
    };
    table.hold(removing).await.unwrap();
    let only = file(stage(&table, "w3", "part-c.parquet", [1]).await, 1);
    table.commit(request("w3", WriteMode::Overwrite, vec![only])).await.unwrap();
    assert!(matches!(table.promote("w2", None).await.unwrap_err(), Error::EmptyTable { .. }));
    assert_eq!(current_ids(&table).await, [1]);
}

#[tokio::test]
async fn what_cannot_be_committed_is_not_held() {
    let place = TestLake::new().await;
    let table = place.table();
    let empty = CommitRequest { allow_empty: false, ..request("w", WriteMode::Overwrite, Vec::new()) };
    assert!(matches!(table.hold(empty).await.unwrap_err(), Error::EmptyTable { .. }));
    assert!(table.promote("w", None).await.is_err(), "there is nothing to promote");
    assert_eq!(table.latest_version().await.unwrap(), None);
}
