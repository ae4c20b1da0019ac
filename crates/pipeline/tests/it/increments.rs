//! Nights on which some slices are new, some are others than before, and some are gone.

use std::{fs, path::Path};

use pipeline::{Error, RemovedSlices, RunOptions, RunReport, Step, Workspace};
use sample::SampleOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::{
    oracle::{Oracle, lines},
    place::{SQL_STEPS, make_slices, open, options, read},
};

const RAW_STEPS: [Step; 3] = [Step::Quarantine, Step::Playlists, Step::PlaylistTracks];

async fn run(workspace: &Workspace, options: &RunOptions) -> RunReport {
    pipeline::run(workspace, options, &|_: &pipeline::Event| ()).await.unwrap()
}

fn slices_of(report: &RunReport, step: Step) -> Value {
    report.step(step).unwrap().details.clone().unwrap()["slices"].clone()
}

/// A slice as another delivery has it: the same playlists with other tracks.
fn deliver(folder: &Path, name: &str, seed: u64) {
    let made = TempDir::new().unwrap();
    let options = SampleOptions { slices: 4, playlists_per_slice: 60, tracks: 3_000, seed, ..SampleOptions::default() };
    sample::write_slices(made.path(), &options, &|_| ()).unwrap();
    fs::copy(made.path().join(name), folder.join(name)).unwrap();
}

async fn assert_equals_oracle(workspace: &Workspace, input: &Url) {
    let oracle = Oracle::new(input);
    for step in SQL_STEPS {
        let expected = lines(&oracle.compute(step).await);
        let found = lines(&read(workspace, step).await);
        assert_eq!(found.len(), expected.len(), "{step}");
        assert!(found == expected, "{step} differs from what all slices yield");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn increments_make_the_tables_that_a_backfill_makes() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("raw");
    let input = make_slices(&folder);
    let workspace = open(place.path(), 2).await;
    let first = run(&workspace, &options(&input)).await;
    for step in RAW_STEPS {
        assert_eq!(slices_of(&first, step), json!({ "read": 3, "removed": 0, "unchanged": 0 }), "{step}");
    }
    // One slice is delivered again, one is new, one is gone, and one stays as it is.
    deliver(&folder, "mpd.slice.60-119.json", 7);
    deliver(&folder, "mpd.slice.180-239.json", 7);
    fs::remove_file(folder.join("mpd.slice.120-179.json")).unwrap();
    let second = run(&workspace, &options(&input)).await;
    for step in RAW_STEPS {
        assert_eq!(slices_of(&second, step), json!({ "read": 2, "removed": 1, "unchanged": 1 }), "{step}");
    }
    assert_equals_oracle(&workspace, &input).await;

    let third = run(&workspace, &options(&input)).await;
    assert!(third.steps.iter().all(|step| step.unchanged && !step.resumed), "{third:?}");
    assert_eq!(third.step(Step::Tracks).unwrap().output, second.step(Step::Tracks).unwrap().output);

    let backfill = run(&workspace, &RunOptions { full: true, ..options(&input) }).await;
    assert!(backfill.steps.iter().all(|step| !step.unchanged), "{backfill:?}");
    assert_equals_oracle(&workspace, &input).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_removed_slices_is_a_choice() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("raw");
    let input = make_slices(&folder);
    let workspace = open(place.path(), 1).await;
    let options = RunOptions { steps: RAW_STEPS.to_vec(), ..options(&input) };
    run(&workspace, &options).await;
    fs::remove_file(folder.join("mpd.slice.0-59.json")).unwrap();

    let fail = RunOptions { removed_slices: RemovedSlices::Fail, ..options.clone() };
    let error = pipeline::run(&workspace, &fail, &|_: &pipeline::Event| ()).await.unwrap_err();
    assert!(matches!(&error, Error::BadInput(reason) if reason.contains("mpd.slice.0-59.json")), "{error}");

    let keep = RunOptions { removed_slices: RemovedSlices::Keep, ..options.clone() };
    let kept = run(&workspace, &keep).await;
    let playlists = kept.step(Step::Playlists).unwrap();
    assert_eq!((playlists.unchanged, playlists.rows), (true, Some(180)));

    let removed = run(&workspace, &options).await;
    assert_eq!(removed.step(Step::Playlists).unwrap().rows, Some(120));
    assert_eq!(slices_of(&removed, Step::Playlists), json!({ "read": 0, "removed": 1, "unchanged": 2 }));
}
