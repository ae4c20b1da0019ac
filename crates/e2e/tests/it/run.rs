//! The pipeline on real parts: two executors, S3, MySQL; and embedded, for comparison.

use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use testkit::process::{Cluster, Segue};

use crate::places::make_slices;

const SQL_TABLES: [&str; 6] =
    ["quarantine", "playlists", "playlist_tracks", "tracks", "sequences", "track_cooccurrence"];
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread")]
async fn clustered_run_on_s3_and_mysql_equals_embedded_run() {
    let (Some(s3), Some(mysql)) = (testkit::services::s3(), testkit::services::mysql()) else { return };
    let place = TempDir::new().unwrap();
    make_slices(&place.path().join("raw"));
    let input = place.path().join("raw").display().to_string();

    let database = mysql.fresh_database().await.unwrap();
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).envs(s3.env_pairs()).start().await.unwrap();
    let clustered = Segue::try_new()
        .unwrap()
        .envs(s3.env_pairs())
        .env("SEGUE_LAKE", format!("{}/lake", s3.fresh_prefix()))
        .env("SEGUE_DATABASE", database.url().as_str())
        .env("SEGUE_SCHEDULER", format!("df://{}", cluster.scheduler().grpc()))
        .timeout(PATIENCE);
    let embedded = Segue::try_new()
        .unwrap()
        .env("SEGUE_LAKE", place.path().join("lake").display().to_string())
        .env("SEGUE_DATABASE", format!("sqlite://{}", place.path().join("segue.db").display()))
        .timeout(PATIENCE);

    let mut reports = Vec::new();
    for segue in [&clustered, &embedded] {
        let run = ["run", "--input", &input, "--train-seconds", "5", "--json"];
        reports.push(segue.run(run).await.unwrap().success().unwrap().json().unwrap());
    }
    for table in SQL_TABLES {
        assert_eq!(rows_of(&clustered, table).await, rows_of(&embedded, table).await, "{table}");
    }
    for step in ["predict", "publish"] {
        assert_eq!(written(&reports[0], step), written(&reports[1], step), "{step}");
        assert!(written(&reports[0], step) >= 2_000, "{step}: {}", reports[0]);
    }
    for segue in [&clustered, &embedded] {
        let stored = segue.run(["recommend", "--playlist", "0", "--json"]).await.unwrap().success().unwrap();
        assert!(stored.stdout.contains("spotify:track:"), "{}", stored.stdout);
    }
}

/// All rows of a table as sorted JSON lines.
async fn rows_of(segue: &Segue, table: &str) -> Vec<String> {
    let sql = format!("SELECT * FROM {table}");
    let output = segue.run(["sql", &sql, "--format", "jsonl"]).await.unwrap().success().unwrap();
    let mut rows: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
    rows.sort();
    assert!(table == "quarantine" || rows.len() >= 100, "{table} has {} rows", rows.len());
    rows
}

fn written(report: &Value, step: &str) -> u64 {
    let steps = report["steps"].as_array().unwrap();
    steps.iter().find(|report| report["step"] == step).and_then(|report| report["rows"].as_u64()).unwrap()
}
