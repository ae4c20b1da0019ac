//! The watch: slices that come are worked in once, and people are told what goes wrong, once.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use testkit::process::ProcessGuard;

use crate::workplace::{Workplace, wait_until};

const STEPS: &str = "quarantine,playlists,playlist_tracks";

/// A webhook that takes everything and remembers it.
pub(crate) struct Webhook {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let body = read_body(&mut stream);
                shared.lock().unwrap().push(serde_json::from_str(&body).unwrap());
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            }
        });
        Self { url, heard }
    }

    pub(crate) fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }
}

fn read_body(stream: &mut TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// The address behind a phrase that the command writes.
async fn address(watch: &ProcessGuard, phrase: &str) -> String {
    wait_until(phrase, || watch.stderr().contains(phrase)).await;
    let said = watch.stderr();
    let rest = said.split(phrase).nth(1).unwrap().split("http://").nth(1).unwrap();
    rest.split([' ', '/', '\n', ';']).next().unwrap().to_owned()
}

/// Sends an HTTP request and returns the answer.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn post_event(address: &str, token: &str, key: &str) -> String {
    let event = json!({ "Records": [{ "s3": { "bucket": { "name": "raw" }, "object": { "key": key } } }] }).to_string();
    let head =
        format!("POST /events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close");
    ask(address, &format!("{head}\r\ncontent-length: {}\r\n\r\n{event}", event.len()))
}

async fn runs(workplace: &Workplace) -> Vec<(String, String)> {
    let runs = workplace.json("runs --json").await;
    let text = |run: &Value, key: &str| run[key].as_str().unwrap().to_owned();
    runs.as_array().unwrap().iter().map(|run| (text(run, "status"), text(run, "triggered_by"))).collect()
}

async fn wait_for_runs(workplace: &Workplace, watch: &ProcessGuard, count: usize, phrase: &str) {
    wait_until(phrase, || watch.stderr().matches(phrase).count() >= count).await;
    assert_eq!(runs(workplace).await.len(), count, "{}", watch.stderr());
}

#[tokio::test]
async fn slices_are_worked_in_once_and_failures_told_once() {
    let workplace = Workplace::with_slices().await;
    let webhook = Webhook::start();
    let line = format!(
        "watch --input raw --steps {STEPS} --poll-minutes 60 --events-bind 127.0.0.1:0 --events-token t0ken \
         --settle-seconds 1 --admin-bind 127.0.0.1:0 --log info --notify {}",
        webhook.url
    );
    let watch = workplace.segue.start(line.split_whitespace()).unwrap();
    let events = address(&watch, "events are taken at").await;
    // The listing finds what was there before.
    wait_for_runs(&workplace, &watch, 1, "run succeeded").await;

    assert!(post_event(&events, "wrong", "a.json").starts_with("HTTP/1.1 401"));
    let first = workplace.path("raw/mpd.slice.0-59.json");
    let aside = workplace.path("aside.json");
    fs::rename(&first, &aside).unwrap();
    for _ in 0..3 {
        assert!(post_event(&events, "t0ken", "mpd.slice.0-59.json").starts_with("HTTP/1.1 200"));
    }
    wait_for_runs(&workplace, &watch, 2, "run succeeded").await;
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 60 }]));
    // The same event once more tells of nothing new.
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("the event is known", || watch.stderr().contains("is in the lake already")).await;
    assert_eq!(runs(&workplace).await.len(), 2);
    assert_eq!(webhook.heard(), Vec::<Value>::new(), "nobody is told that all is well all the time");

    fs::copy(&aside, &first).unwrap();
    workplace.damage_slice();
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("the failure is told", || webhook.heard().len() == 1).await;
    let told = webhook.heard().remove(0);
    assert_eq!((&told["severity"], &told["key"]), (&json!("page"), &json!("nightly/run")));
    assert!(told["reason"].as_str().unwrap().contains("mpd.slice.0-59.json"), "{told}");

    fs::copy(&aside, &first).unwrap();
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("it is told that all is well", || webhook.heard().len() == 2).await;
    assert_eq!(webhook.heard()[1]["severity"], "resolved");
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
    let expected = ["succeeded", "failed", "succeeded", "succeeded"].map(|status| (status, "new slices"));
    let found = runs(&workplace).await;
    assert_eq!(found.iter().map(|(status, by)| (status.as_str(), by.as_str())).collect::<Vec<_>>(), expected);

    let admin = address(&watch, "health and metrics at").await;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {admin}\r\nconnection: close\r\n\r\n");
    for part in [
        "segue_run_last_status{pipeline=\"nightly\"} 1",
        "segue_stage_rows{direction=\"out\",pipeline=\"nightly\",stage=\"playlists\"} 120",
        "segue_source_objects_pending 0",
        "segue_run_last_success_timestamp_seconds{pipeline=\"nightly\"}",
    ] {
        wait_until(part, || ask(&admin, &request).contains(part)).await;
    }
}

#[tokio::test]
async fn slices_that_are_gone_and_kept_are_no_news_whatever_steps_are_run() {
    let workplace = Workplace::with_slices().await;
    let line = "watch --input raw --steps quarantine,playlists --removed-slices keep --poll-minutes 60 --settle-seconds 1 \
                --events-bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --log info";
    let watch = workplace.segue.start(line.split_whitespace()).unwrap();
    let events = address(&watch, "events are taken at").await;
    wait_for_runs(&workplace, &watch, 1, "run succeeded").await;
    for count in 1..=2 {
        // Nothing has changed the first time; the second time a slice is gone, whose rows are kept.
        post_event(&events, "", "mpd.slice.0-59.json");
        let phrase = "is in the lake already";
        wait_until(phrase, || watch.stderr().matches(phrase).count() >= count).await;
        let _ = fs::remove_file(workplace.path("raw/mpd.slice.0-59.json"));
    }
    assert_eq!(runs(&workplace).await.len(), 1, "{}", watch.stderr());
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
}

#[tokio::test]
async fn a_night_without_a_run_is_noticed() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path("raw")).unwrap();
    let webhook = Webhook::start();
    let line = format!(
        "watch --input raw --deadline-hours 0.0001 --stale-input-hours 0.0001 --admin-bind 127.0.0.1:0 --notify {}",
        webhook.url
    );
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--schedule", "0 0 1 1 *"]);
    let _watch = workplace.segue.start(words).unwrap();
    wait_until("both are told", || webhook.heard().len() == 2).await;
    let mut told: Vec<String> =
        webhook.heard().iter().map(|told| told["summary"].as_str().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["no run has succeeded for 0 min", "there is no slice at the input"]);
}

#[tokio::test]
async fn a_watch_that_nothing_would_wake_is_refused() {
    let workplace = Workplace::new();
    let output = workplace.run("watch --input raw").await;
    assert_eq!(output.code(), Some(2));
    assert!(output.stderr.contains("give --schedule, --poll-minutes or --events-bind"), "{}", output.stderr);
    let output = workplace.run("watch --input raw --schedule nightly").await;
    assert!(output.stderr.contains("`nightly` is no schedule"), "{}", output.stderr);
}
