//! A night in the life: slices arrive, some twice and one broken; the watch runs; an executor is killed and S3 stutters;
//! by morning the predictions are current. Then a night in which nothing comes, and the alarm rings.
//!
//! It prints its timeline: cargo nextest run --workspace --test e2e_it -E 'test(night)' --no-capture

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path as Key};
use sample::SampleOptions;
use serde_json::Value;
use tempfile::TempDir;
use testkit::{
    http,
    process::{Cluster, ProcessGuard, Segue},
    services::{Fault, FaultProxy, FreshDatabase, MySqlServer, S3Endpoint, Webhook},
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

/// The bucket tells of an object.
fn post_event(events: &str, bucket: &str, key: &str) {
    let answer = http::post_event(events, "", bucket, key).unwrap();
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
    http::address_behind(&watch.stderr(), phrase).unwrap()
}

async fn json_of(segue: &Segue, line: &str) -> Value {
    segue.run(line.split(' ')).await.unwrap().success().unwrap().json().unwrap()
}

async fn count(segue: &Segue, sql: &str) -> u64 {
    let rows = segue.run(["sql", "--json", sql]).await.unwrap().success().unwrap().json().unwrap();
    let rows: Value = rows;
    rows[0]["n"].as_u64().unwrap()
}

/// Everything that the nights need.
struct Night {
    _place: TempDir,
    raw: PathBuf,
    slices: Vec<String>,
    store: Arc<dyn ObjectStore>,
    bucket: String,
    prefix: String,
    input: String,
    proxy: FaultProxy,
    cluster: Cluster,
    segue: Segue,
    webhook: Webhook,
    timeline: Timeline,
    _database: FreshDatabase,
}

impl Night {
    async fn prepare(s3: &S3Endpoint, mysql: &MySqlServer) -> Self {
        let place = TempDir::new().unwrap();
        let raw = place.path().join("raw");
        let options =
            SampleOptions { slices: 3, playlists_per_slice: PLAYLISTS, tracks: 2_000, ..SampleOptions::default() };
        sample::write_slices(&raw, &options, &|_| ()).unwrap();
        let (base, database) = (s3.fresh_prefix(), mysql.fresh_database().await.unwrap());
        let proxy = FaultProxy::start(s3.authority()).await.unwrap();
        let through = s3.clone().through(&proxy);
        let cluster = Cluster::builder().unwrap().executors(2).vcores(1);
        let cluster = cluster.scheduler_arg("--executor-timeout-seconds").scheduler_arg("6");
        let cluster = cluster.executor_arg("--heartbeat-seconds").executor_arg("1");
        let cluster = cluster.envs(through.env_pairs()).start().await.unwrap();
        let segue = Segue::try_new()
            .unwrap()
            .envs(through.env_pairs())
            .env("SEGUE_LAKE", format!("{base}/lake"))
            .env("SEGUE_DATABASE", database.url().as_str())
            .env("SEGUE_SCHEDULER", format!("df://{}", cluster.scheduler().grpc()))
            .timeout(PATIENCE);
        let name = |n: u32| format!("mpd.slice.{}-{}.json", n * PLAYLISTS, (n + 1) * PLAYLISTS - 1);
        Self {
            _place: place,
            raw,
            slices: (0..3).map(name).collect(),
            store: s3.object_store().unwrap(),
            bucket: s3.bucket().to_owned(),
            prefix: base.rsplit('/').next().unwrap().to_owned(),
            input: format!("{base}/raw/"),
            proxy,
            cluster,
            segue,
            webhook: Webhook::start().unwrap(),
            timeline: Timeline(Instant::now()),
            _database: database,
        }
    }

    /// Puts a slice into the bucket, all of it or the first half, and tells of it so many times.
    async fn deliver(&self, events: &str, slice: usize, whole: bool, times: usize) {
        let name = &self.slices[slice];
        let bytes = std::fs::read(self.raw.join(name)).unwrap();
        let bytes = if whole { bytes } else { bytes[..bytes.len() / 2].to_vec() };
        let key = self.key(slice);
        self.store.put(&Key::from(key.as_str()), bytes.into()).await.unwrap();
        (0..times).for_each(|_| post_event(events, &self.bucket, &key));
        let how = if whole { "" } else { ", cut off in the middle" };
        self.timeline.note(&format!("{name} arrives{how}; the bucket tells of it {times} times"));
    }

    fn key(&self, slice: usize) -> String {
        format!("{}/raw/{}", self.prefix, self.slices[slice])
    }

    async fn recommended(&self, playlist: u32) -> usize {
        let line = format!("recommend --playlist {playlist} --json");
        json_of(&self.segue, &line).await.as_array().unwrap().len()
    }

    /// The first run, in which all goes wrong that can.
    async fn troubled_run(&mut self, watch: &ProcessGuard) {
        said(watch, "playlist_tracks starts", 1).await;
        self.timeline.note("a run began; an executor is killed at playlist_tracks");
        self.cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
        said(watch, "] sequences starts", 1).await;
        self.timeline.note("S3 answers 503 for 3 s");
        self.proxy.set(Fault::SlowDown);
        tokio::time::sleep(Duration::from_secs(3)).await;
        self.proxy.set(Fault::None);
        said(watch, "run succeeded", 1).await;
        self.timeline.note("the run succeeds");
        assert_eq!(self.recommended(0).await, 10);
        let broken = count(&self.segue, "SELECT count(*) AS n FROM quarantine").await;
        assert!(broken >= 1, "the broken slice is in the quarantine");
        let admin = address(watch, "health and metrics at").await;
        for part in [
            "segue_run_last_status{pipeline=\"nightly\"} 1",
            "segue_predictions_up_to_date_timestamp_seconds{pipeline=\"nightly\"}",
            "segue_source_objects_pending 0",
        ] {
            wait_until(part, watch, || http::get(&admin, "/metrics").unwrap().contains(part)).await;
        }
    }

    async fn first_night(&mut self) {
        let watching = format!(
            "watch --input {} --bad-input quarantine --allow quarantined_playlists=1 --train-seconds 5 --worse-by 0.5 \
             --settle-seconds 3 --events-bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --log info --notify {}",
            self.input,
            self.webhook.url()
        );
        let watch = self.segue.start(watching.split_whitespace()).unwrap();
        let events = address(&watch, "events are taken at").await;
        self.timeline.note("the watch waits for slices");
        self.deliver(&events, 0, true, 1).await;
        self.deliver(&events, 1, true, 2).await;
        self.deliver(&events, 2, false, 1).await;
        self.troubled_run(&watch).await;

        self.deliver(&events, 2, true, 1).await;
        said(&watch, "run succeeded", 2).await;
        self.timeline.note("a second run succeeds");
        post_event(&events, &self.bucket, &self.key(2));
        said(&watch, "is in the lake already", 1).await;
        self.timeline.note("the same event comes once more: nothing to do");
        assert_eq!(count(&self.segue, "SELECT count(*) AS n FROM quarantine").await, 0);
        let playlists = count(&self.segue, "SELECT count(DISTINCT pid) AS n FROM playlists").await;
        assert_eq!(playlists, 3 * u64::from(PLAYLISTS));
        let runs = json_of(&self.segue, "runs --json").await;
        let statuses: Vec<&Value> = runs.as_array().unwrap().iter().map(|run| &run["status"]).collect();
        assert_eq!(statuses, ["succeeded", "succeeded"]);
        assert_eq!(self.recommended(2 * PLAYLISTS).await, 10);
        self.timeline.note("predictions are current for every playlist");
        assert_eq!(self.webhook.summaries(), Vec::<String>::new(), "nobody was woken");
        watch.sigterm_and_wait(PATIENCE).await.unwrap();
    }

    /// A night in which nothing comes, and a second stands for 26 hours.
    async fn quiet_night(&self) {
        let line = format!(
            "watch --input {} --schedule * --deadline-hours 0.0003 --stale-predictions-hours 0.0003 \
             --stale-input-hours 0.0003 --admin-bind 127.0.0.1:0 --log info --notify {}",
            self.input,
            self.webhook.url()
        );
        let new_year = |word| if word == "*" { "0 0 1 1 *" } else { word };
        let watch = self.segue.start(line.split_whitespace().map(new_year)).unwrap();
        wait_until("the alarms ring", &watch, || self.webhook.summaries().len() >= 3).await;
        for summary in self.webhook.summaries() {
            self.timeline.note(&format!("nothing comes, and people are told: {summary}"));
        }
        let told = self.webhook.summaries().join("; ");
        for part in ["no run has succeeded for", "predictions are", "the newest slice is"] {
            assert!(told.contains(part), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_in_the_life() {
    let (Some(s3), Some(mysql)) = (testkit::services::s3(), testkit::services::mysql()) else { return };
    let mut night = Night::prepare(&s3, &mysql).await;
    night.first_night().await;
    night.quiet_night().await;
}
