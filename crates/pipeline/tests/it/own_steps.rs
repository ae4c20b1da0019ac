//! Steps of SQL of one's own run as those of the program do: checked before they are seen, and left out when nothing
//! changed.

use std::{fs, path::Path};

use pipeline::{Dag, Error, RunOptions, Step, Workspace, run};
use tempfile::TempDir;
use url::Url;

use crate::place::{make_slices, open, read};

const STEPS: &str = r#"
[[step]]
name = "quarantine"
kind = "sql"
inputs = ["slices"]
outputs = ["quarantine"]
timeout_minutes = 5

[[step]]
name = "playlist_lengths"
kind = "sql"
file = "sql/playlist_lengths.sql"
inputs = ["playlists"]
outputs = ["playlist_lengths"]
checks = ["lengths"]
timeout_minutes = 5

[[step]]
name = "playlists"
kind = "sql"
inputs = ["slices", "quarantine"]
outputs = ["playlists"]
checks = ["duplicate_playlists", "playlists_reconciled", "quarantined_playlists", "declared_track_counts"]
timeout_minutes = 5
"#;
const LENGTHS: &str = "SELECT track_count, count(*) AS playlists FROM playlists GROUP BY track_count";
const CHECK: &str = "-- purpose: playlists that no length counts.\n-- inputs: playlist_lengths, playlists\n-- allowed: 0\n\
                     SELECT count(*) AS checked, (SELECT count(*) FROM playlists) - sum(playlists) AS violations, \
                     'a length' AS example FROM playlist_lengths";

fn write(place: &Path, sql: &str) {
    for folder in ["sql", "checks"] {
        fs::create_dir_all(place.join(folder)).unwrap();
    }
    fs::write(place.join("p.toml"), STEPS).unwrap();
    fs::write(place.join("sql/playlist_lengths.sql"), sql).unwrap();
    fs::write(place.join("checks/lengths.sql"), CHECK).unwrap();
}

fn options(place: &Path, input: &Url) -> RunOptions {
    RunOptions { seed: 1, ..RunOptions::new(input.clone(), Dag::read(&place.join("p.toml")).unwrap()) }
}

async fn counted(workspace: &Workspace, step: Step) -> usize {
    read(workspace, step).await.iter().map(arrow::array::RecordBatch::num_rows).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn own_steps_are_run_checked_and_left_out_like_others() {
    let place = TempDir::new().unwrap();
    let input = make_slices(&place.path().join("raw"));
    let workspace = open(place.path(), 2).await;
    write(place.path(), LENGTHS);
    let first = options(place.path(), &input);
    let own = first.dag.step("playlist_lengths").unwrap();
    let report = run(&workspace, &first, &|_: &_| ()).await.unwrap();
    assert_eq!(report.steps.iter().map(|step| step.step.name()).collect::<Vec<_>>().last(), Some(&"playlist_lengths"));
    let lengths = counted(&workspace, own).await;
    assert!(lengths > 10, "{lengths}");
    let checked = report.step(own).unwrap().details.clone().unwrap()["checks"][0].clone();
    assert_eq!((&checked["check"], &checked["violations"]), (&"lengths".into(), &0.into()));

    let again = run(&workspace, &first, &|_: &_| ()).await.unwrap();
    assert!(again.step(own).unwrap().unchanged, "nothing changed");

    // Another query, which leaves playlists out: it is run, and its check fails.
    write(place.path(), &format!("{LENGTHS} HAVING track_count < 50"));
    let error = run(&workspace, &options(place.path(), &input), &|_: &_| ()).await.unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, Error::CheckFailed { .. }) && said.contains("playlists that no length counts"), "{said}");
    assert_eq!(counted(&workspace, own).await, lengths, "the table is as it was");

    // One that is right again, and says it in another way.
    write(place.path(), &format!("{LENGTHS} ORDER BY track_count"));
    let last = options(place.path(), &input);
    let report = run(&workspace, &last, &|_: &_| ()).await.unwrap();
    assert!(!report.step(last.dag.step("playlist_lengths").unwrap()).unwrap().unchanged);
    assert_eq!(counted(&workspace, own).await, lengths);
}
