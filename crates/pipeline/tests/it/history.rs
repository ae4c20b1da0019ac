//! Rows that are far from those of past runs.

use std::fs;

use pipeline::{Distance, Error, RowPolicy, RunOptions, Step};
use store::StepStatus;
use tempfile::TempDir;

use crate::place::{make_slices, open, options};

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_loses_most_of_its_rows_fails_until_it_is_let_through_once() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("raw");
    let input = make_slices(&folder);
    let workspace = open(place.path(), 1).await;
    let options = RunOptions { steps: vec![Step::Playlists], full: true, ..options(&input) };
    let run = async |options: &RunOptions| pipeline::run(&workspace, options, &|_: &pipeline::Event| ()).await;
    for _ in 0..5 {
        assert_eq!(run(&options).await.unwrap().steps[0].unusual, None);
    }
    // Nothing to do is no sample of rows.
    let idle = run(&RunOptions { full: false, ..options.clone() }).await.unwrap();
    assert!(idle.steps[0].unchanged);
    let steps = workspace.store.steps_of(&idle.run_id.parse().unwrap()).await.unwrap();
    assert_eq!(steps[0].status, StepStatus::Skipped);

    for name in ["mpd.slice.0-59.json", "mpd.slice.60-119.json"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    let error = run(&options).await.unwrap_err();
    assert!(matches!(&error, Error::UnusualRows { finding } if finding.rows == 60), "{error}");
    let expected =
        "step `playlists` yielded 60 rows where the last 5 runs had 180 (median; median deviation 0, last 180)";
    assert!(error.to_string().starts_with(expected), "{error}");
    let rows = workspace.lake.table("playlists").unwrap().snapshot().await.unwrap().rows();
    assert_eq!(rows, 180, "the table stays as it was");

    let warned = run(&RunOptions { row_history: RowPolicy::Warn, ..options.clone() }).await.unwrap();
    let finding = warned.steps[0].unusual.clone().unwrap();
    assert!(warned.resumed, "another policy is no other work");
    assert_eq!((finding.distance, finding.history.median), (Distance::VeryFar, 180.0));
    assert_eq!(run(&options).await.unwrap().steps[0].unusual, None, "it was let through");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_lake_has_another_history() {
    let place = TempDir::new().unwrap();
    let input = make_slices(&place.path().join("raw"));
    let workspace = open(place.path(), 1).await;
    let options = RunOptions { steps: vec![Step::Playlists], full: true, ..options(&input) };
    for _ in 0..2 {
        pipeline::run(&workspace, &options, &|_: &pipeline::Event| ()).await.unwrap();
    }
    let past = async |lake: &str, input: &str| {
        workspace.store.past_rows(pipeline::PIPELINE, "playlists", lake, input, 14).await.unwrap()
    };
    let lake = workspace.lake.url().as_str();
    assert_eq!(past(lake, input.as_str()).await, [180, 180]);
    assert_eq!(past("s3://other/lake/", input.as_str()).await, [0_u64; 0]);
    assert_eq!(past(lake, "s3://other/raw").await, [0_u64; 0]);
}
