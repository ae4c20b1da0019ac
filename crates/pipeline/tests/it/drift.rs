//! Deliveries that are as large as ever and yet not what they were.

use std::{fs, path::Path};

use pipeline::{Distance, Error, RowPolicy, RunOptions, Step};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::place::{make_slices, open, options};

/// Changes every slice of a folder.
fn change(folder: &Path, change: impl Fn(&mut Value)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut slice: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        slice["playlists"].as_array_mut().unwrap().iter_mut().for_each(&change);
        fs::write(&path, slice.to_string()).unwrap();
    }
}

fn forget_albums(playlist: &mut Value) {
    for track in playlist["tracks"].as_array_mut().unwrap() {
        track.as_object_mut().unwrap().remove("album_uri");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_goes_empty_fails_the_step_until_it_is_let_through_once() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("raw");
    let input = make_slices(&folder);
    let workspace = open(place.path(), 1).await;
    let options = RunOptions { steps: vec![Step::PlaylistTracks], full: true, ..options(&input) };
    let run = async |options: &RunOptions| pipeline::run(&workspace, options, &|_: &pipeline::Event| ()).await;
    let mut last = None;
    for _ in 0..5 {
        let report = run(&options).await.unwrap();
        assert_eq!(report.steps[0].drifts, []);
        last = Some(report);
    }
    let last = last.unwrap();
    let measures = workspace.store.measures_of(&last.run_id.parse().unwrap()).await.unwrap();
    let measures = &measures["playlist_tracks"];
    assert_eq!(measures["share_without_album"], 0.0);
    #[expect(clippy::cast_precision_loss, reason = "there are some thousand")]
    let rows = last.steps[0].rows.unwrap() as f64;
    assert_eq!(measures["measured"], rows);

    change(&folder, forget_albums);
    let error = run(&options).await.unwrap_err();
    assert!(matches!(&error, Error::Drifted { drift } if drift.measure == "share_without_album"), "{error}");
    let expected =
        "step `playlist_tracks` yielded rows with share_without_album of 1.0000 where the last 5 runs had 0.0000";
    assert!(error.to_string().starts_with(expected), "{error}");
    let before = workspace.lake.table("playlist_tracks").unwrap().latest_version().await.unwrap();

    let warned = run(&RunOptions { row_history: RowPolicy::Warn, ..options.clone() }).await.unwrap();
    let drifted: Vec<_> = warned.steps[0].drifts.iter().map(|drift| (drift.measure.as_str(), drift.distance)).collect();
    assert!(drifted.contains(&("share_without_album", Distance::VeryFar)), "{drifted:?}");
    assert_eq!(warned.steps[0].unusual, None, "the rows are as many as ever");
    let after = workspace.lake.table("playlist_tracks").unwrap().latest_version().await.unwrap();
    assert!(after > before, "it was written only when it was let through");
    assert_eq!(run(&options).await.unwrap().steps[0].drifts, [], "it was let through once");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_fields_of_slices_are_told_of_by_name() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("raw");
    let input = make_slices(&folder);
    let workspace = open(place.path(), 1).await;
    let options = RunOptions { steps: vec![Step::Playlists], ..options(&input) };
    let fields = async || {
        let report = pipeline::run(&workspace, &options, &|_: &pipeline::Event| ()).await.unwrap();
        report.steps[0].unknown_fields.iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields().await, [] as [&str; 0]);
    change(&folder, |playlist| {
        playlist["mood"] = json!("calm");
        playlist["tracks"][0]["isrc"] = json!("USX");
    });
    assert_eq!(fields().await, ["playlists[].mood", "playlists[].tracks[].isrc"]);
    assert_eq!(fields().await, [] as [&str; 0], "nothing was read");
}
