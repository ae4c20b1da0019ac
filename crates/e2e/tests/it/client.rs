//! The client of a cluster is killed in the middle of a run: the same command goes on with it and ends well.

use std::{path::Path, time::Duration};

use sample::SampleOptions;
use serde_json::Value;
use tempfile::TempDir;
use testkit::process::{Cluster, ProcessCommand, Segue};

const STEPS: &str = "quarantine,playlists,playlist_tracks,tracks";
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_client_leaves_work_that_can_be_gone_on_with() {
    let place = TempDir::new().unwrap();
    let options = SampleOptions { slices: 16, playlists_per_slice: 400, tracks: 4_000, ..SampleOptions::default() };
    sample::write_slices(&place.path().join("raw"), &options, &|_| ()).unwrap();
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).start().await.unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let environment = [
        ("SEGUE_LAKE", path("lake")),
        ("SEGUE_DATABASE", format!("sqlite://{}", path("segue.db"))),
        ("SEGUE_SCHEDULER", format!("df://{}", cluster.scheduler().grpc())),
    ];
    let run = ["run", "--input", &path("raw"), "--steps", STEPS, "--json"];
    let client = ProcessCommand::of_workspace("segue").unwrap().args(run).envs(environment.clone()).spawn().unwrap();
    wait_for_staged(&place.path().join("lake/playlist_tracks/_staging")).await;
    client.sigkill().await.unwrap();

    let segue = Segue::try_new().unwrap().envs(environment).timeout(PATIENCE);
    // Whoever comes now cannot know yet that the other is gone, and is told so.
    let early = segue.run(run).await.unwrap();
    assert!(early.code() == Some(0) || early.stderr.contains("the lake is free within a minute"), "{}", early.stderr);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let report: Value = loop {
        let output = segue.run(run).await.unwrap();
        if output.code() == Some(0) {
            break output.json().unwrap();
        }
        assert!(tokio::time::Instant::now() < deadline, "{}", output.stderr);
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let steps = report["steps"].as_array().unwrap();
    assert_eq!((&steps[1]["step"], &steps[1]["resumed"]), (&"playlists".into(), &true.into()), "{report}");

    let count = |sql: &'static str| {
        let segue = segue.clone();
        async move { segue.run(["sql", "--json", sql]).await.unwrap().success().unwrap().json().unwrap() }
    };
    let found = count("SELECT count(*) AS n FROM playlist_tracks").await;
    assert_eq!(found, count("SELECT sum(track_count) AS n FROM playlists").await);
}

async fn wait_for_staged(folder: &Path) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        assert!(tokio::time::Instant::now() < deadline, "nothing in {}", folder.display());
        tokio::time::sleep(POLL).await;
    }
}
