//! A cluster with an endpoint, a lake with one table, and the programs that ask it.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::Schema,
};
use lake::{Lake, WriteMode};
use tempfile::TempDir;
use testkit::{
    process::{Cluster, ClusterBuilder},
    services::S3Endpoint,
};
use tokio::process::Command;

use crate::places::open_lake;

/// How long one client may take with all its questions.
const PATIENCE: Duration = Duration::from_secs(240);

/// A cluster with an endpoint that accepts the S3 server's key.
pub(super) struct Place {
    pub(super) cluster: Cluster,
    folder: TempDir,
    s3: S3Endpoint,
    staging: String,
}

impl Place {
    pub(super) async fn start(s3: S3Endpoint) -> Self {
        let folder = TempDir::new().unwrap();
        write_plays(&open_lake(&folder.path().join("lake")).await).await;
        let pairs = s3.env_pairs();
        let value = |name: &str| pairs.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let keys = format!(
            "[[keys]]\naccess_key_id = \"{}\"\nsecret_access_key = \"{}\"\npermission = \"admin\"\n",
            value("AWS_ACCESS_KEY_ID"),
            value("AWS_SECRET_ACCESS_KEY")
        );
        std::fs::write(folder.path().join("keys.toml"), keys).unwrap();
        let cluster = describe(&folder, &s3).start().await.unwrap();
        let staging = format!("{}/results/", s3.fresh_prefix());
        Self { cluster, folder, s3, staging }
    }

    /// The same place after all its processes were killed.
    pub(super) async fn restarted(self) -> Self {
        let Self { cluster, folder, s3, staging } = self;
        drop(cluster);
        let cluster = describe(&folder, &s3).start().await.unwrap();
        Self { cluster, folder, s3, staging }
    }

    /// Runs a program against the endpoint and expects that it finds everything right; returns what it prints.
    pub(super) async fn ask(&self, program: &str) -> String {
        let python = python().await;
        let path = clients().join(program);
        let mut command = if program.ends_with(".py") { Command::new(&python) } else { Command::new(&path) };
        if program.ends_with(".py") {
            command.arg("-W").arg("ignore").arg(&path);
        }
        let endpoint = format!("http://{}", self.cluster.scheduler().athena().unwrap());
        let s3 = self.s3.endpoint().as_str().trim_end_matches('/').to_owned();
        command
            .envs(self.s3.env_pairs())
            .env_remove("AWS_ENDPOINT")
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ENDPOINT_URL_S3", s3)
            .env("STAGING", &self.staging)
            .env("PYTHON", &python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .kill_on_drop(true)
            .stdin(Stdio::null());
        let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {}\n{stderr}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }
}

fn describe(folder: &TempDir, s3: &S3Endpoint) -> ClusterBuilder {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut builder = Cluster::builder().unwrap().executors(1).vcores(2).envs(s3.env_pairs());
    let database = format!("sqlite://{}", path("segue.db"));
    for argument in [
        "--athena-bind",
        "127.0.0.1:0",
        "--athena-keys",
        &path("keys.toml"),
        "--lake",
        &path("lake"),
        "--database",
        &database,
    ] {
        builder = builder.scheduler_arg(argument);
    }
    builder
}

pub(super) fn clients() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/athena_clients")
}

/// The Python that has the clients; the first test that wants it installs them.
pub(super) async fn python() -> String {
    of_venv(&mut Command::new(clients().join("venv.sh"))).await
}

/// The Python that has other clients.
pub(super) async fn python_with(clients_of: &str) -> String {
    of_venv(Command::new(clients().join("venv.sh")).arg(clients_of)).await
}

async fn of_venv(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs a program that needs no endpoint and returns what it prints.
pub(super) async fn print(program: &str) -> String {
    let output = Command::new(python().await).arg(clients().join(program)).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// `plays`, as `expected.py` has it.
pub(super) async fn write_plays(lake: &Lake) {
    let numbers = || 0..5000_i64;
    let pid: ArrayRef = Arc::new(Int64Array::from_iter_values(numbers()));
    let artist = numbers().map(|i| (i % 11 != 0).then(|| format!("artist-{}", i % 7)));
    let artist: ArrayRef = Arc::new(artist.collect::<StringArray>());
    let ms: ArrayRef = Arc::new(Int64Array::from_iter_values(numbers().map(|i| i * 10)));
    let batch =
        RecordBatch::try_from_iter_with_nullable([("pid", pid, true), ("artist", artist, true), ("ms", ms, true)])
            .unwrap();
    let schema: Arc<Schema> = batch.schema();
    let mut writer = lake.table("plays").unwrap().writer(schema, WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
}

/// A table of one row, to which statements add.
pub(super) async fn write_grown(lake: &Lake) {
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("a", values)]).unwrap();
    let mut writer = lake.table("grown").unwrap().writer(batch.schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
}

/// The most memory that a process has had.
pub(super) fn peak_memory_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
