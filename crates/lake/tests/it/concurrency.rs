//! Writers that commit at the same time.

use std::collections::BTreeSet;

use lake::{Snapshot, WriteMode};
use tokio::{sync::Barrier, task::JoinSet};

use crate::fixture::{TestLake, batch, current_ids, ids, request, schema, stage};

const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_appends_all_land() {
    let place = TestLake::new().await;
    let snapshots = write_at_once(&place, WriteMode::Append).await;
    assert_eq!(versions(&snapshots), (1..=8).collect());
    assert_eq!(current_ids(&place.table()).await, (0..8).collect::<Vec<_>>());
    for snapshot in &snapshots {
        assert_eq!(ids(snapshot).await.len() as u64, snapshot.version(), "each version adds one row to the one before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_overwrites_stand_one_after_the_other() {
    let place = TestLake::new().await;
    let snapshots = write_at_once(&place, WriteMode::Overwrite).await;
    assert_eq!(versions(&snapshots), (1..=8).collect());
    let last = snapshots.iter().max_by_key(|snapshot| snapshot.version()).unwrap();
    assert_eq!(current_ids(&place.table()).await, ids(last).await);
    assert_eq!(last.rows(), 1);
}

/// Two schedulers that run the same job, say: one of them wins, both hear of the same version.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_commits_of_one_write_make_one_version() {
    let place = TestLake::new().await;
    let files = vec![stage(&place.table(), "w", "a.parquet", [1, 2]).await];
    let mut commits = JoinSet::new();
    for _ in 0..WRITERS {
        let (table, request) = (place.table(), request("w", WriteMode::Append, files.clone()));
        commits.spawn(async move { table.commit(request).await });
    }
    let manifests: Vec<_> = commits.join_all().await.into_iter().map(Result::unwrap).collect();
    assert!(manifests.iter().all(|manifest| *manifest == manifests[0]), "{manifests:?}");
    assert_eq!(place.table().latest_version().await.unwrap(), Some(1));
    assert_eq!(current_ids(&place.table()).await, [1, 2]);
}

/// Each writer writes its own number, and all commit together.
async fn write_at_once(place: &TestLake, mode: WriteMode) -> Vec<Snapshot> {
    let barrier = std::sync::Arc::new(Barrier::new(WRITERS));
    let mut writers = JoinSet::new();
    for id in 0..WRITERS {
        let (table, barrier) = (place.table(), std::sync::Arc::clone(&barrier));
        writers.spawn(async move {
            let mut writer = table.writer(schema(), mode).await.unwrap();
            writer.write(batch([i64::try_from(id).unwrap()])).await.unwrap();
            barrier.wait().await;
            writer.commit().await.unwrap()
        });
    }
    writers.join_all().await
}

fn versions(snapshots: &[Snapshot]) -> BTreeSet<u64> {
    snapshots.iter().map(Snapshot::version).collect()
}
