//! Tables that do not belong together are refused.

use std::{fs, path::Path};

use model::{Error, training::Dataset};
use serde_json::{Value, json};

use crate::fixture::{playlists, small_config, write_lake};

#[tokio::test]
async fn tables_made_from_other_versions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(100, 3)).await;
    let load = async || Dataset::load(&lake, &small_config()).await.map(drop);
    load().await.unwrap();

    note_inputs(folder.path(), "sequences", &json!({ "tracks": 1, "playlists": 7 }));
    note_inputs(folder.path(), "track_cooccurrence", &json!({ "sequences": 1 }));
    load().await.unwrap();

    note_inputs(folder.path(), "track_cooccurrence", &json!({ "sequences": 2 }));
    check(load().await.unwrap_err(), ["`track_cooccurrence` was made from version 2 of `sequences`", "version 1 is"]);
    note_inputs(folder.path(), "sequences", &json!({ "tracks": 3 }));
    check(load().await.unwrap_err(), ["`sequences` was made from version 3 of `tracks`", "run the step `sequences`"]);
}

#[track_caller]
fn check(error: Error, parts: [&str; 2]) {
    assert_eq!(error.exit_code(), 65);
    assert!(parts.iter().all(|part| error.to_string().contains(part)), "{error}");
}

/// Notes in the first version of a table what it was made from.
pub(crate) fn note_inputs(lake: &Path, table: &str, inputs: &Value) {
    let path = lake.join(table).join("_commits/00000000000000000001.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["inputs"] = inputs.clone();
    fs::write(&path, manifest.to_string()).unwrap();
}
