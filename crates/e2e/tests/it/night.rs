//! A night in the life: slices arrive, some twice and one broken; the watch runs; an executor is killed and S3 stutters;
//! by morning the predictions are current. Then a night in which nothing comes, and the alarm rings.
//!
//! It prints its timeline: cargo nextest run --workspace --test e2e_it -E 'test(night)' --no-capture

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path as Key};
use sample::SampleOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{
    process::{Cluster, ProcessGuard, Segue},
    services::{Fault, FaultProxy},
};

const PATIENCE: Duration = Duration::from_secs(240);
const PLAYLISTS: u32 = 80;

/// What happened when.
struct Timeline(Instant);

impl Timeline {
    #[expect(clippy::print_stderr, reason = "the timeline is what people run this test for")]
    fn note(&self, what: &str) {
        eprintln!("{:6.1} s  {what}", self.0.elapsed().as_secs_f64());
    }
}

/// A webhook that takes everything and remembers it.
struct Webhook {
    url: String,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    fn start() -> Self {
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

    fn summaries(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|told| told["summary"].as_str().unwrap().to_owned()).collect()
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

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The bucket tells of an object, as S3 does.
fn post_event(events: &str, bucket: &str, key: &str) {
    let event =
        json!({ "Records": [{ "s3": { "bucket": { "name": bucket }, "object": { "key": key } } }] }).to_string();
    let head = format!("POST /events HTTP/1.1\r\nhost: {events}\r\nconnection: close");
    let answer = ask(events, &format!("{head}\r\ncontent-length: {}\r\n\r\n{event}", event.len()));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn wait_until(what: &str, watch: &ProcessGuard, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline && watch.is_running(), "waited in vain until {what}: {}", watch.stderr());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn said(watch: &ProcessGuard, phrase: &str, count: usize) {
    wait_until(phrase, watch, || watch.stderr().matches(phrase).count() >= count).await;
}

async fn address(watch: &ProcessGuard, phrase: &str) -> String {
    said(watch, phrase, 1).await;
    let text = watch.stderr();
    let rest = text.split(phrase).nth(1).unwrap().split("http://").nth(1).unwrap();
    rest.split([' ', '/', '\n', ';']).next().unwrap().to_owned()
}

/// Puts a slice into the bucket, all of it or the first half.
async fn deliver(store: &dyn ObjectStore, raw: &Path, prefix: &str, name: &str, whole: bool) -> String {
    let bytes = std::fs::read(raw.join(name)).unwrap();
    let bytes = if whole { bytes } else { bytes[..bytes.len() / 2].to_vec() };
    let key = format!("{prefix}/raw/{name}");
    store.put(&Key::from(key.as_str()), bytes.into()).await.unwrap();
    key
}

async fn json_of(segue: &Segue, line: &str) -> Value {
    segue.run(line.split(' ')).await.unwrap().success().unwrap().json().unwrap()
}

async fn count(segue: &Segue, sql: &str) -> u64 {
    let rows = segue.run(["sql", "--json", sql]).await.unwrap().success().unwrap().json().unwrap();
    let rows: Value = rows;
    rows[0]["n"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_in_the_life() {
    let (Some(s3), Some(mysql)) = (testkit::services::s3(), testkit::services::mysql()) else { return };
    let place = TempDir::new().unwrap();
    let raw = place.path().join("raw");
    let options =
        SampleOptions { slices: 4, playlists_per_slice: PLAYLISTS, tracks: 2_000, ..SampleOptions::default() };
    sample::write_slices(&raw, &options, &|_| ()).unwrap();
    let names: Vec<String> =
        (0..4).map(|n| format!("mpd.slice.{}-{}.json", n * PLAYLISTS, (n + 1) * PLAYLISTS - 1)).collect();
    let (store, base, database) =
        (s3.object_store().unwrap(), s3.fresh_prefix(), mysql.fresh_database().await.unwrap());
    let prefix = base.rsplit('/').next().unwrap().to_owned();
    let proxy = FaultProxy::start(s3.authority()).await.unwrap();
    let through = s3.clone().through(&proxy);
    let mut cluster = Cluster::builder()
        .unwrap()
        .executors(2)
        .vcores(1)
        .scheduler_arg("--executor-timeout-seconds")
        .scheduler_arg("6")
        .executor_arg("--heartbeat-seconds")
        .executor_arg("1")
        .envs(through.env_pairs())
        .start()
        .await
        .unwrap();
    let segue = Segue::try_new()
        .unwrap()
        .envs(through.env_pairs())
        .env("SEGUE_LAKE", format!("{base}/lake"))
        .env("SEGUE_DATABASE", database.url().as_str())
        .env("SEGUE_SCHEDULER", format!("df://{}", cluster.scheduler().grpc()))
        .timeout(PATIENCE);
    let webhook = Webhook::start();
    let input = format!("{base}/raw/");
    let watching = format!(
        "watch --input {input} --bad-input quarantine --allow quarantined_playlists=1 --train-seconds 5 --worse-by 0.5 --settle-seconds 3 \
         --events-bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --log info --notify {}",
        webhook.url
    );

    let timeline = Timeline(Instant::now());
    let watch = segue.start(watching.split_whitespace()).unwrap();
    let (events, admin) =
        (address(&watch, "events are taken at").await, address(&watch, "health and metrics at").await);
    timeline.note("the watch waits for slices");

    for (name, whole, times) in [(&names[0], true, 1), (&names[1], true, 2), (&names[2], false, 1)] {
        let key = deliver(store.as_ref(), &raw, &prefix, name, whole).await;
        (0..times).for_each(|_| post_event(&events, s3.bucket(), &key));
        let how = if whole { "" } else { ", cut off in the middle" };
        timeline.note(&format!("{name} arrives{how}; the bucket tells of it {times} times"));
    }
    said(&watch, "playlist_tracks starts", 1).await;
    timeline.note("a run began; an executor is killed at playlist_tracks");
    cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
    said(&watch, "] sequences starts", 1).await;
    timeline.note("S3 answers 503 for 3 s");
    proxy.set(Fault::SlowDown);
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.set(Fault::None);
    said(&watch, "run succeeded", 1).await;
    timeline.note("the run succeeds");
    assert_eq!(json_of(&segue, "recommend --playlist 0 --json").await.as_array().unwrap().len(), 10);
    let broken = count(&segue, "SELECT count(*) AS n FROM quarantine").await;
    assert!(broken >= 1, "the broken slice is in the quarantine");
    let metrics = ask(&admin, &format!("GET /metrics HTTP/1.1\r\nhost: {admin}\r\nconnection: close\r\n\r\n"));
    for part in [
        "segue_run_last_status{pipeline=\"nightly\"} 1",
        "segue_predictions_up_to_date_timestamp_seconds",
        "segue_source_objects_pending 0",
    ] {
        assert!(metrics.contains(part), "{part} is missing in {metrics}");
    }

    let key = deliver(store.as_ref(), &raw, &prefix, &names[2], true).await;
    post_event(&events, s3.bucket(), &key);
    timeline.note("the broken slice is delivered again, whole");
    said(&watch, "run succeeded", 2).await;
    timeline.note("a second run succeeds");
    post_event(&events, s3.bucket(), &key);
    said(&watch, "is in the lake already", 1).await;
    timeline.note("the same event comes once more: nothing to do");
    assert_eq!(count(&segue, "SELECT count(*) AS n FROM quarantine").await, 0);
    assert_eq!(count(&segue, "SELECT count(DISTINCT pid) AS n FROM playlists").await, 3 * u64::from(PLAYLISTS));
    let runs = json_of(&segue, "runs --json").await;
    let statuses: Vec<&Value> = runs.as_array().unwrap().iter().map(|run| &run["status"]).collect();
    assert_eq!(statuses, ["succeeded", "succeeded"]);
    assert_eq!(
        json_of(&segue, &format!("recommend --playlist {} --json", 2 * PLAYLISTS)).await.as_array().unwrap().len(),
        10
    );
    timeline.note("predictions are current for every playlist");
    assert_eq!(webhook.summaries(), Vec::<String>::new(), "nobody was woken");
    watch.sigterm_and_wait(PATIENCE).await.unwrap();

    // The next night, in which a moment stands for 26 hours.
    let quiet = format!(
        "watch --input {input} --schedule * --deadline-hours 0.0003 --stale-predictions-hours 0.0003 \
         --stale-input-hours 0.0003 --admin-bind 127.0.0.1:0 --log info --notify {}",
        webhook.url
    );
    let words: Vec<&str> = quiet.split_whitespace().map(|word| if word == "*" { "0 0 1 1 *" } else { word }).collect();
    let watch = segue.start(words).unwrap();
    wait_until("the alarms ring", &watch, || webhook.summaries().len() >= 3).await;
    for summary in webhook.summaries() {
        timeline.note(&format!("nothing comes, and people are told: {summary}"));
    }
    let told = webhook.summaries().join("; ");
    for part in ["no run has succeeded for", "predictions are", "the newest slice is"] {
        assert!(told.contains(part), "{told}");
    }
}
