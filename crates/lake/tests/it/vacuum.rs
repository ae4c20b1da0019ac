//! What a vacuum removes, and what it must not.

use std::time::Duration;

use lake::{VacuumOptions, VacuumReport, WriteMode};

use crate::fixture::{TestLake, current_ids, ids, open, stage, write};

const NOW: VacuumOptions = VacuumOptions { older_than: Duration::ZERO, keep_versions: 2, dry_run: false };

#[tokio::test]
async fn old_versions_and_uncommitted_files_are_removed() {
    let place = TestLake::new().await;
    let table = place.table();
    for id in [1, 2] {
        write(&table, WriteMode::Overwrite, [id]).await;
    }
    let third = write(&table, WriteMode::Append, [3]).await;
    let fourth = write(&table, WriteMode::Overwrite, [4]).await;
    stage(&table, "crashed", "a.parquet", [9]).await;
    let all = place.files("");
    // Times in the store are compared with the clock.
    tokio::time::sleep(Duration::from_millis(20)).await;

    let dry = place.lake.vacuum(&VacuumOptions { dry_run: true, ..NOW }).await.unwrap();
    assert_eq!(place.files(""), all);
    let report = place.lake.vacuum(&NOW).await.unwrap();
    assert_eq!(report, dry);
    // Versions 1 and 2, the file of version 1, and the one of the write that crashed.
    assert_eq!((report.versions, report.files), (2, 2));
    assert!(report.bytes > 0);
    assert_eq!((ids(&third).await, ids(&fourth).await), (vec![2, 3], vec![4]));
    assert_eq!(current_ids(&table).await, [4]);
    assert_eq!(place.files("_commits").len(), 2);
    assert_eq!(place.lake.vacuum(&NOW).await.unwrap(), VacuumReport::default());
    // The table goes on from there.
    assert_eq!(write(&table, WriteMode::Append, [5]).await.version(), 5);
}

#[tokio::test]
async fn what_is_young_stays() {
    let place = TestLake::new().await;
    let table = place.table();
    for id in [1, 2, 3, 4] {
        write(&table, WriteMode::Overwrite, [id]).await;
    }
    stage(&table, "running", "a.parquet", [9]).await;
    let all = place.files("");
    assert_eq!(place.lake.vacuum(&VacuumOptions::default()).await.unwrap(), VacuumReport::default());
    assert_eq!(place.files(""), all);
}

/// A file that is carried over is a link as old as the file that it is a link to; only its write's id tells its age.
#[tokio::test]
async fn what_a_young_write_has_carried_over_stays() {
    let place = TestLake::new().await;
    // An id in the lake's own path is none of a write.
    let root = place.path().join("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    let lake = open(&root).await.unwrap();
    write(&lake.table("t").unwrap(), WriteMode::Overwrite, [1]).await;
    let (young, old) = (uuid::Uuid::now_v7(), "01890a5d-ac96-774b-bcce-b302099a8057");
    let carried = [format!("{young}.1"), format!("{old}.1")].map(|folder| root.join("t/data").join(folder));
    for folder in &carried {
        std::fs::create_dir_all(folder).unwrap();
        let link = std::fs::File::create(folder.join("part-a.parquet")).unwrap();
        link.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    }
    let hour = VacuumOptions { older_than: Duration::from_secs(3_600), ..NOW };
    assert_eq!(lake.vacuum(&hour).await.unwrap().files, 1);
    let found = carried.map(|folder| folder.join("part-a.parquet").exists());
    assert_eq!(found, [true, false]);
}
