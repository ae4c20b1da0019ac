//! The program itself.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::fixture::{playlists, read_table, track_uri, write_lake};

const SETTINGS: &str = "
[network]
dimension = 16
max_length = 20
[training]
epochs = 2
batch_size = 16
[optimiser]
learning_rate = 0.01
[evaluation]
bootstrap = 100
";

#[tokio::test]
async fn from_training_to_recommendations() {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 12)).await;
    let settings = folder.path().join("model.toml");
    std::fs::write(&settings, SETTINGS).unwrap();
    let settings = settings.to_str().unwrap();
    let trained = json(folder.path(), &["train", "--config", settings, "--threads", "1", "--device", "cpu"]);
    assert_eq!((trained["vocabulary"].as_u64(), trained["training"]["epochs"].as_u64()), (Some(120), Some(2)));
    let blend = &trained["recommenders"]["blend"]["metrics"]["ndcg_500"];
    assert_eq!(trained["config"]["network"]["dimension"].as_u64(), Some(16));
    assert!(blend["low"].as_f64() <= blend["mean"].as_f64() && blend["mean"].as_f64() <= blend["high"].as_f64());
    let id = trained["model_id"].as_str().unwrap();
    // What a record of the run needs beside the settings.
    assert_eq!(trained["data_versions"]["sequences"].as_u64(), Some(1));
    assert_eq!(trained["revision"].as_str(), model::versions::REVISION);

    let predicted = json(folder.path(), &["predict", "--k", "3"]);
    assert_eq!((predicted["model_id"].as_str(), predicted["rows"].as_u64()), (Some(id), Some(600)));
    assert_eq!(read_table(&lake, "predictions").await.num_rows(), 600);

    let link = format!("https://open.spotify.com/track/{:022}", 41);
    let tracks = format!("{},{link}", track_uri(40));
    let answer = json(folder.path(), &["recommend", "--model", id, "--tracks", &tracks, "--k", "4"]);
    assert_eq!(answer["recommendations"].as_array().map(Vec::len), Some(4));
    let text = run(folder.path(), &["recommend", "--title", "scene 1"]);
    assert_eq!(text.status.code(), Some(0));
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("by title, model"));

    let page = folder.path().join("report.html");
    let written = Command::new(env!("CARGO_BIN_EXE_segue-model"))
        .args(["report", "--lake", folder.path().to_str().unwrap(), "--output", page.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains(id) && page.contains("<polyline") && page.contains("network_shuffled"));
    assert_eq!(page.matches("<h3>").count(), 6);
    assert!(!page.contains("http"), "the page needs nothing from elsewhere");
    let compared = run(folder.path(), &["compare", id, "latest"]);
    assert!(String::from_utf8(compared.stdout).unwrap().contains("blend ndcg_500"));

    let listed = json(folder.path(), &["models"]);
    assert_eq!(listed[0]["model_id"].as_str(), Some(id));
}

/// A page of what was measured without a model that would be kept, and logs that a collector can read to the last line.
#[tokio::test]
async fn an_evaluation_leaves_a_page_and_logs_in_json() {
    let folder = tempfile::tempdir().unwrap();
    write_lake(folder.path(), &playlists(200, 12)).await;
    let (settings, page) = (folder.path().join("model.toml"), folder.path().join("page.html"));
    std::fs::write(&settings, SETTINGS).unwrap();
    let (settings, page) = (settings.to_str().unwrap(), page.to_str().unwrap());
    let arguments = ["evaluate", "--config", settings, "--threads", "1", "--device", "cpu", "--report", page];
    let output = run(folder.path(), &[&arguments[..], &["--log-format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let validated: Vec<&Value> = lines.iter().filter(|line| line["message"] == "validated").collect();
    assert_eq!(validated.len(), 2, "{lines:?}");
    assert!(validated.iter().all(|line| line["loss"].is_f64() && line["validation_ndcg"].is_f64()), "{validated:?}");
    let page = std::fs::read_to_string(page).unwrap();
    for part in ["Evaluation by LeaveOneOut", "<polyline", "hit_rate_10", "playlist_knn", "share of the factorisation"]
    {
        assert!(page.contains(part), "{part} is not in the page");
    }
}

#[tokio::test]
async fn exit_status_tells_whose_fault_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    check(&empty, &["train", "--epochs", "many"], 2, "--epochs");
    check(&empty, &["recommend", "--tracks", "nonsense"], 2, "`nonsense` is not a track");
    check(&empty, &["train", "--config", "/no/such/file.toml"], 78, "/no/such/file.toml");
    let settings = folder.path().join("settings.toml");
    std::fs::write(&settings, "[network]\ndimension = -1\n").unwrap();
    check(&empty, &["train", "--config", settings.to_str().unwrap()], 78, "line 2, column 13");
    check(&empty, &["predict"], 78, "has no model yet");
    // Before anything is trained.
    let report = folder.path().join("nowhere/page.html");
    check(
        &empty,
        &["evaluate", "--report", report.to_str().unwrap()],
        1,
        "nowhere/page.html`; name a file in a folder",
    );
    check(&empty, &["train"], 78, "has no table `sequences`");
    let newer = folder.path().join("newer");
    std::fs::create_dir(&newer).unwrap();
    std::fs::write(newer.join("_segue.json"), r#"{"format": 99}"#).unwrap();
    check(&newer, &["recommend", "--title", "x"], 78, "has format 99");
    let mut rows = playlists(40, 13);
    rows[3].split = "dev";
    let wrong = folder.path().join("wrong");
    write_lake(&wrong, &rows).await;
    check(&wrong, &["train"], 65, "found `dev`");
}

#[track_caller]
fn check(lake: &Path, arguments: &[&str], code: i32, message: &str) {
    let output = run(lake, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "`{message}` is not in: {stderr}");
    assert!(output.stdout.is_empty(), "a failure prints nothing to standard output");
}

#[test]
fn versions_are_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_segue-model")).args(["version", "--json"]).output().unwrap();
    let versions: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(versions["libtorch"].as_str(), Some(model::versions::LIBTORCH));
    assert_eq!(versions["devices"][0].as_str(), Some("cpu"));
}

#[test]
fn a_reader_that_has_seen_enough_may_go() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_segue-model"));
    let mut process = command.arg("version").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

/// Runs a command with `--json`; standard output must be one document and nothing else.
#[track_caller]
fn json(lake: &Path, arguments: &[&str]) -> Value {
    let output = run(lake, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn run(lake: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_segue-model"));
    command.args(arguments).env("SEGUE_LAKE", lake).output().unwrap()
}
