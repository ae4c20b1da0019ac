//! The server as a process, through its three protocols.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use lake::Lake;
use model::artefact;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};

use crate::{
    fixture::{playlists, small_config, torch, track_uri, write_lake},
    training::train,
};

/// A running server; it is killed when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    url: String,
    pub(crate) grpc_address: Option<String>,
    client: reqwest::Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(folder: &Path, arguments: &[&str]) -> Self {
        let ready_file = folder.join("ready.json");
        let _ = std::fs::remove_file(&ready_file);
        let mut child = Command::new(env!("CARGO_BIN_EXE_segue-model"))
            .args(arguments)
            .args(["--address", "127.0.0.1:0", "--threads", "1", "--device", "cpu", "--ready-file"])
            .arg(&ready_file)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        while !ready_file.exists() {
            assert!(child.try_wait().unwrap().is_none(), "the server ended before it listened");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ready: Value = serde_json::from_slice(&std::fs::read(&ready_file).unwrap()).unwrap();
        let url = format!("http://{}", ready["address"].as_str().unwrap());
        let grpc_address = ready["grpc_address"].as_str().map(str::to_owned);
        Self { child, url, grpc_address, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub(crate) async fn serve(lake: &Path, more: &[&str]) -> Self {
        Self::start(lake, &[&["serve", "--lake", lake.to_str().unwrap()], more].concat()).await
    }

    /// Where it listens for HTTP.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn post(&self, path: &str, content_type: &str, body: String) -> (u16, String) {
        let request = self.client.post(format!("{}{path}", self.url)).header("content-type", content_type);
        let response = request.body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn ask(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, text) = self.post(path, "application/json", body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap())
    }
}

pub(crate) async fn lake_with_model(folder: &Path) -> (Lake, String) {
    let lake = write_lake(folder, &playlists(200, 41)).await;
    let model = train(&lake, &small_config()).await;
    let id = artefact::save(&lake, &model).await.unwrap().model_id.to_string();
    (lake, id)
}

#[tokio::test]
async fn all_protocols_give_the_same_list() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (_lake, id) = lake_with_model(folder.path()).await;
    let server = Server::serve(folder.path(), &[]).await;
    let (status, ping) = server.get("/ping").await;
    assert_eq!((status, serde_json::from_str::<Value>(&ping).unwrap()["model_id"].as_str()), (200, Some(id.as_str())));
    let tracks = [track_uri(41), track_uri(42)];

    let (status, one) = server.ask("/invocations", json!({ "tracks": tracks, "k": 10 })).await;
    let lines = one["recommendations"].as_array().unwrap();
    let uris: Vec<&str> = lines.iter().map(|line| line["track_uri"].as_str().unwrap()).collect();
    assert_eq!((status, uris.len(), uris[0]), (200, 10, track_uri(43).as_str()));
    let both = json!({ "instances": [{ "title": "scene 1" }, { "tracks": tracks }] });
    let (_, several) = server.ask("/invocations", both).await;
    assert_eq!(several["predictions"][0]["source"], "title");
    assert_eq!(several["predictions"][1]["recommendations"][9]["track_uri"], uris[9]);

    let (status, csv) = server.post("/invocations", "text/csv", tracks.join(",") + "\n").await;
    assert_eq!((status, csv.trim_end().split(',').collect::<Vec<_>>()), (200, uris.clone()));

    let input = json!({ "name": "tracks", "shape": [1], "datatype": "BYTES", "data": [tracks.join(",")] });
    let body = json!({ "id": "7", "inputs": [input], "parameters": { "k": 10 } });
    let (status, inferred) = server.ask("/v2/models/segue/infer", body.clone()).await;
    assert_eq!(
        (status, inferred["id"].as_str(), inferred["model_version"].as_str()),
        (200, Some("7"), Some(id.as_str()))
    );
    assert_eq!(inferred["outputs"][0]["shape"], json!([1, 10]));
    assert_eq!(inferred["outputs"][0]["data"], json!(uris));
    let (status, _) = server.ask(&format!("/v2/models/segue/versions/{id}/infer"), body).await;
    assert_eq!(status, 200);
    assert!(server.get("/v2/models/segue").await.1.contains("\"datatype\":\"BYTES\""));

    let metrics = server.get("/metrics").await.1;
    assert!(metrics.contains(r#"segue_model_requests_total{endpoint="/invocations",status="200"} 3"#), "{metrics}");
    assert!(metrics.contains("segue_model_queued_playlists 0"), "{metrics}");
}

#[tokio::test]
async fn what_cannot_be_answered_is_told_and_nothing_breaks() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let _lake = lake_with_model(folder.path()).await;
    let server = Server::serve(folder.path(), &[]).await;
    for (path, body, expected, word) in [
        ("/invocations", json!({ "tracks": ["nonsense"] }), 400, "`nonsense` is not a track"),
        ("/invocations", json!({ "tracks": ["item:7"], "k": 0 }), 400, "`k` is 0"),
        ("/invocations", json!({ "songs": [] }), 400, "expected {"),
        ("/invocations", json!({ "tracks": ["item:7"] }), 422, "none of which the model knows"),
        ("/v2/models/segue/infer", json!({ "inputs": [] }), 400, "expected the input `tracks`"),
        ("/v2/models/other/infer", json!({ "inputs": [] }), 404, "the model `segue`"),
    ] {
        let (status, answer) = server.ask(path, body).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
    assert_eq!(server.post("/invocations", "text/xml", String::new()).await.0, 415);
    assert_eq!(server.post("/invocations", "application/json", "{".to_owned()).await.0, 400);
    assert_eq!(server.get("/ping").await.0, 200);
}

/// More playlists than may wait come at once: some are refused, none is forgotten, and the server goes on.
#[tokio::test]
async fn a_full_queue_refuses() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let _lake = lake_with_model(folder.path()).await;
    let server = Server::serve(folder.path(), &["--queue", "2", "--batch", "1", "--batch-wait-ms", "0"]).await;
    let instances: Vec<Value> = (0..200).map(|track| json!({ "tracks": [track_uri(track % 120)] })).collect();
    assert_eq!(server.ask("/invocations", json!({ "instances": instances })).await.0, 503);
    let (status, answer) = server.ask("/invocations", json!({ "tracks": [track_uri(5)] })).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn a_newer_model_is_taken_up_and_a_stop_answers_first() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, first) = lake_with_model(folder.path()).await;
    let mut server = Server::serve(folder.path(), &["--watch-seconds", "1", "--batch-wait-ms", "600"]).await;
    let ask = || server.ask("/invocations", json!({ "tracks": [track_uri(5)] }));
    assert_eq!(ask().await.1["model_id"].as_str(), Some(first.as_str()));
    let second = artefact::save(&lake, &train(&lake, &small_config()).await).await.unwrap().model_id.to_string();
    loop {
        let (status, answer) = ask().await;
        assert_eq!(status, 200);
        if answer["model_id"].as_str() == Some(second.as_str()) {
            break;
        }
        assert_eq!(answer["model_id"].as_str(), Some(first.as_str()));
    }
    // The batch waits 600 ms for others, and meanwhile the stop comes.
    let pid = Pid::from_raw(i32::try_from(server.child.id()).unwrap());
    let stop = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        kill(pid, Signal::SIGTERM).unwrap();
    };
    let ((status, _), ()) = tokio::join!(ask(), stop);
    assert_eq!(status, 200);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_container_trains_and_serves_below_its_root() {
    let root = tempfile::tempdir().unwrap();
    let channel = root.path().join("input/data/training");
    std::fs::create_dir_all(&channel).unwrap();
    write_lake(&channel, &playlists(200, 43)).await;
    let parameters = root.path().join("input/config");
    std::fs::create_dir_all(&parameters).unwrap();
    let write = |values: Value| std::fs::write(parameters.join("hyperparameters.json"), values.to_string()).unwrap();
    let train = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue-model"));
        command.args(["container", "train", "--threads", "1", "--device", "cpu", "--root"]).arg(root.path());
        command.output().unwrap()
    };
    write(json!({ "network.dimension": "0" }));
    assert_eq!(train().status.code(), Some(78));
    let failure = std::fs::read_to_string(root.path().join("output/failure")).unwrap();
    assert!(failure.contains("`network.dimension`"), "{failure}");
    write(
        json!({ "network.dimension": "16", "network.encoder": "gru", "training.epochs": "1", "evaluation.bootstrap": "100" }),
    );
    let output = train();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let server = Server::start(root.path(), &["container", "serve", "--root", root.path().to_str().unwrap()]).await;
    assert_eq!(server.get("/ping").await.0, 200);
    assert_eq!(server.ask("/invocations", json!({ "tracks": [track_uri(5)] })).await.0, 200);
}
