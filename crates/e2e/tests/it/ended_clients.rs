//! A client that ends, gives up or is told to takes its job with it: nothing runs on at the cluster.

use std::{fs, path::Path, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sample::SampleOptions;
use serde_json::Value;
use tempfile::TempDir;
use testkit::process::{Cluster, ProcessGuard, Segue};

use crate::endpoints::value_of;

const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(50);
/// 400^5 pairs: nobody waits for their count.
const ENDLESS: &str = "SELECT count(*) AS n FROM playlists AS a CROSS JOIN playlists AS b CROSS JOIN playlists AS c \
                       CROSS JOIN playlists AS d CROSS JOIN playlists AS e WHERE a.pid + b.pid + c.pid + d.pid <> e.pid";
const PIPELINE: &str = r#"
[[step]]
name = "endless"
kind = "sql"
file = "endless.sql"
inputs = []
outputs = ["endless"]
timeout_minutes = MINUTES
"#;

/// A cluster, and a lake whose table of playlists is there.
struct Place {
    folder: TempDir,
    cluster: Cluster,
    segue: Segue,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let options = SampleOptions { slices: 1, playlists_per_slice: 400, tracks: 2_000, ..SampleOptions::default() };
        sample::write_slices(&folder.path().join("raw"), &options, &|_| ()).unwrap();
        let logs = [("SEGUE_LOG", "warn,cluster=debug,pipeline=info"), ("SEGUE_LOG_FORMAT", "json")];
        let cluster = Cluster::builder().unwrap().executors(1).vcores(2).envs(logs).start().await.unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let segue = Segue::try_new().unwrap().envs(logs).timeout(PATIENCE).envs([
            ("SEGUE_LAKE", path("lake")),
            ("SEGUE_DATABASE", format!("sqlite://{}", path("segue.db"))),
            ("SEGUE_SCHEDULER", format!("df://{}", cluster.scheduler().grpc())),
        ]);
        let place = Self { folder, cluster, segue };
        place
            .segue
            .run(["run", "--input", &place.path("raw"), "--steps", "playlists"])
            .await
            .unwrap()
            .success()
            .unwrap();
        place
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Begins a run whose step has no end.
    fn run(&self, minutes: f64) -> ProcessGuard {
        let write = |name: &str, text: &str| fs::write(Path::new(&self.path(name)), text).unwrap();
        write("endless.sql", ENDLESS);
        write("p.toml", &PIPELINE.replace("MINUTES", &minutes.to_string()));
        self.segue.start(["run", "--input", &self.path("raw"), "--pipeline", &self.path("p.toml")]).unwrap()
    }

    async fn metric(&self, name: &str) -> f64 {
        let metrics = self.cluster.executors()[0].admin_get("/metrics").await.unwrap();
        value_of(&metrics, name).unwrap_or_default()
    }

    async fn until_tasks(&self, are_there: bool, client: &ProcessGuard) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while (self.metric("segue_executor_tasks_running").await > 0.0) != are_there {
            assert!(tokio::time::Instant::now() < deadline, "tasks: {are_there}\n{}", client.stderr());
            tokio::time::sleep(POLL).await;
        }
    }

    /// The job has ended, and was not left to fail by itself.
    async fn check_cancelled(&self, jobs: f64, client: &ProcessGuard) {
        self.until_tasks(false, client).await;
        let metrics = self.cluster.scheduler().admin_get("/metrics").await.unwrap();
        assert_eq!(value_of(&metrics, "job_cancelled_total"), Some(jobs), "{}", client.stderr());
    }
}

fn signal(client: &ProcessGuard, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(client.id()).unwrap()), signal).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_of_a_client_end_its_job() {
    let place = Place::new().await;
    let clients: [(Signal, i32, &dyn Fn() -> ProcessGuard); 3] = [
        (Signal::SIGINT, 130, &|| place.segue.start(["sql", ENDLESS]).unwrap()),
        (Signal::SIGTERM, 143, &|| place.segue.start(["sql", ENDLESS]).unwrap()),
        (Signal::SIGINT, 130, &|| place.run(60.0)),
    ];
    for (number, (name, code, start)) in (1_u8..).zip(clients) {
        let client = start();
        place.until_tasks(true, &client).await;
        signal(&client, name);
        assert_eq!(client.wait(PATIENCE).await.unwrap().code(), Some(code), "{}", client.stderr());
        place.check_cancelled(f64::from(number), &client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_its_job_and_its_ids_are_in_all_logs() {
    let place = Place::new().await;
    let client = place.run(60.0);
    place.until_tasks(true, &client).await;
    place.segue.run(["runs", "cancel", "latest"]).await.unwrap().success().unwrap();
    assert_eq!(client.wait(PATIENCE).await.unwrap().code(), Some(4), "{}", client.stderr());
    place.check_cancelled(1.0, &client).await;

    let shown = place.segue.run(["runs", "show", "latest", "--json"]).await.unwrap().success().unwrap().json().unwrap();
    let at_scheduler = line(&client.stderr(), "job is at the scheduler", |_| true);
    assert_eq!(at_scheduler["span"]["run_id"], shown["run_id"]);
    assert_eq!(at_scheduler["span"]["step"], "endless");
    let job_id = &at_scheduler["job_id"];
    let executor = place.cluster.executors()[0].process().stderr();
    let task = line(&executor, "task cancelled", |line| line["span"]["job_id"] == *job_id);
    assert!(task["span"]["stage_id"].is_u64() && task["span"]["task_id"].is_u64(), "{task}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_took_too_long_ends_its_job() {
    let place = Place::new().await;
    let client = place.run(0.1);
    place.until_tasks(true, &client).await;
    assert_eq!(client.wait(PATIENCE).await.unwrap().code(), Some(1), "{}", client.stderr());
    assert!(client.stderr().contains("step `endless` was given up after 6s"), "{}", client.stderr());
    place.check_cancelled(1.0, &client).await;
}

/// The first line of a log that has this message and of which something is true.
#[track_caller]
fn line(log: &str, message: &str, is_right: impl Fn(&Value) -> bool) -> Value {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = lines.filter(|line| line["message"] == message).find(is_right);
    assert!(found.is_some(), "no line `{message}` in\n{log}");
    found.unwrap()
}
