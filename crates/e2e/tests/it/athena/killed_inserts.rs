//! `INSERT` and the death of the process that runs it, at its worst moments.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{embedded::Embedded, place::write_grown};
use crate::places::open_lake;

const PROGRAM: &str = "killed_inserts.py";
/// Longest wait for a file of the write.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(1);
/// Name of the folder whose files nobody sees.
const STAGING: &str = "_staging";

/// Tables, where their files are, and whether the kill comes when tasks write files or when the first is at its place.
const MOMENTS: [(&str, &str, bool); 4] = [
    ("grown", "lake/grown", true),
    ("grown", "lake/grown", false),
    ("killed.parts", "s3/results/killed-inserts/parts", true),
    ("killed.parts", "s3/results/killed-inserts/parts", false),
];

/// Readers see all rows of an INSERT or none, the same statement works again, and the history says how each ended.
#[tokio::test(flavor = "multi_thread")]
async fn inserts_are_whole_or_not_there_when_their_process_is_killed() {
    let mut server = Embedded::start(&[]).await;
    write_grown(&open_lake(&server.folder().join("lake")).await).await;
    server.ask(PROGRAM, &[("STEP", "prepare")]).await;
    for (table, folder, in_staging) in MOMENTS {
        let folder = server.folder().join(folder);
        let known = parts(&folder, in_staging);
        let (begin, repeat) = (format!("begin {table}"), format!("repeat {table}"));
        let kill = async {
            wait_for_another(&folder, in_staging, &known).await;
            server.process().sigkill().await.unwrap();
        };
        let step = [("STEP", begin.as_str())];
        tokio::join!(server.ask(PROGRAM, &step), kill);
        server = server.restarted().await;
        server.ask(PROGRAM, &[("STEP", repeat.as_str())]).await;
    }
    server.ask(PROGRAM, &[("STEP", "history")]).await;
}

/// The files of rows below a folder, those in staging or the others.
fn parts(folder: &Path, in_staging: bool) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            found.extend(parts(&path, in_staging));
        } else if name.to_string_lossy().starts_with("part-")
            && path.components().any(|part| part.as_os_str() == STAGING) == in_staging
        {
            found.insert(path);
        }
    }
    found
}

async fn wait_for_another(folder: &Path, in_staging: bool, known: &BTreeSet<PathBuf>) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while parts(folder, in_staging).is_subset(known) {
        assert!(tokio::time::Instant::now() < deadline, "no new file in {}", folder.display());
        tokio::time::sleep(POLL).await;
    }
}
