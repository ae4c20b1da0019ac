//! `segue serve` alone: one address answers for queries, tables and files, over HTTP and over HTTPS.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use testkit::process::{ProcessGuard, Segue, find_program};
use tokio::process::Command;

use super::place::{clients, peak_memory_bytes, python, python_with, write_grown, write_plays};
use crate::places::open_lake;

/// How long one client may take with all its questions.
const PATIENCE: Duration = Duration::from_secs(240);
/// How long the server may take until it answers.
const START: Duration = Duration::from_secs(60);
/// Several times what a server with a hundred queries in its queue takes, and a part of what 200 results would.
const MOST_MEMORY_BYTES: u64 = 2 * 1024 * 1024 * 1024;
const KEYS: &str = "
[[keys]]
access_key_id = \"ADMIN\"
secret_access_key = \"secret/of+admin\"
permission = \"admin\"

[[keys]]
access_key_id = \"READER\"
secret_access_key = \"secret-of-reader\"
permission = \"read\"
";

/// A server with buckets and a lake on this disk.
pub(super) struct Embedded {
    folder: TempDir,
    process: ProcessGuard,
    url: String,
}

impl Embedded {
    pub(super) async fn start(more: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let lake = open_lake(&folder.path().join("lake")).await;
        write_plays(&lake).await;
        std::fs::write(folder.path().join("keys.toml"), KEYS).unwrap();
        Self::start_in(folder, more).await
    }

    async fn start_in(folder: TempDir, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--bind", "127.0.0.1:0", "--keys", "keys.toml", "--lake", "lake"];
        arguments.extend(["--database", "sqlite://segue.db", "--buckets", "s3"]);
        arguments.extend(more);
        let process = Segue::try_new().unwrap().current_dir(folder.path()).start(arguments).unwrap();
        let url = said(&process, "answering clients of Athena on ").await;
        Self { url: url.trim_end_matches(';').to_owned(), folder, process }
    }

    /// Another server in the place of one that was killed.
    pub(super) async fn restarted(self) -> Self {
        let Self { folder, process, .. } = self;
        drop(process);
        Self::start_in(folder, &[]).await
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn process(&self) -> &ProcessGuard {
        &self.process
    }

    /// Runs a program that knows one address only and expects that it finds everything right.
    pub(super) async fn ask(&self, program: &str, pairs: &[(&str, &str)]) {
        self.ask_with(&python().await, program, pairs).await;
    }

    async fn ask_with(&self, python: &str, program: &str, pairs: &[(&str, &str)]) {
        let mut command = Command::new(python);
        command
            .args(["-W", "ignore"])
            .arg(clients().join(program))
            .env("AWS_ENDPOINT_URL", &self.url)
            .envs([("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")])
            .envs([("AWS_ACCESS_KEY_ID", "ADMIN"), ("AWS_SECRET_ACCESS_KEY", "secret/of+admin")])
            .env("STAGING", format!("s3://results/{}/", program.trim_end_matches(".py").replace('_', "-")))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BUCKETS", self.folder.path().join("s3"))
            .envs(pairs.iter().copied())
            .env_remove("AWS_ENDPOINT_URL_S3")
            .kill_on_drop(true)
            .stdin(Stdio::null());
        let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {}\n{stderr}\n{}", output.status, self.process.stderr());
    }
}

/// The word behind some words that a process says.
async fn said(process: &ProcessGuard, before: &str) -> String {
    let began = Instant::now();
    loop {
        let stderr = process.stderr();
        let word = stderr.split_once(before).and_then(|(_, rest)| rest.split_whitespace().next());
        if let Some(word) = word {
            return word.to_owned();
        }
        assert!(began.elapsed() < START, "the server did not say `{before}`: {stderr}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_reads_and_writes_files_as_on_s3() {
    Embedded::start(&[]).await.ask("with_s3.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_clients_work_with_one_address() {
    let server = Embedded::start(&[]).await;
    for program in
        ["with_boto3.py", "with_pyathena.py", "with_awswrangler.py", "with_files.py", "with_text.py", "with_tables.py"]
    {
        server.ask(program, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_of_before_are_used_while_they_are_true() {
    let server = Embedded::start(&[]).await;
    write_grown(&open_lake(&server.folder.path().join("lake")).await).await;
    server.ask("with_reuse.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_queries_at_once_are_all_answered_and_workgroups_take_turns() {
    let server = Embedded::start(&["--max-running", "4"]).await;
    server.ask("with_load.py", &[]).await;
    let peak = peak_memory_bytes(server.process.id());
    assert!(peak < MOST_MEMORY_BYTES, "{peak} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_and_the_curious_are_answered() {
    Embedded::start(&[]).await.ask("with_operations.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_clients_work_with_one_address() {
    let server = Embedded::start(&[]).await;
    server.ask_with(&python_with("more").await, "with_more.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flight_sql_answers_adbc_on_the_same_port() {
    let server = Embedded::start(&["--max-running", "2"]).await;
    server.ask_with(&python_with("more").await, "with_adbc.py", &[]).await;
    let folder = TempDir::new().unwrap();
    certify(folder.path(), "flights").await;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let server = Embedded::start(&["--tls-cert", &path("cert.pem"), "--tls-key", &path("key.pem")]).await;
    let ca = path("flights-ca.pem");
    server.ask_with(&python_with("more").await, "with_adbc.py", &[("AWS_CA_BUNDLE", &ca)]).await;
}

/// The page of documentation that shows the way says what is seen.
#[tokio::test(flavor = "multi_thread")]
async fn the_tour_shows_what_is_seen() {
    let folder = TempDir::new().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder_of = |program: &str| Path::new(program).parent().unwrap().display().to_string();
    let segue = find_program("segue").unwrap().display().to_string();
    let programs = [python().await, segue, python_with("dbt").await].map(|program| folder_of(&program));
    let mut command = Command::new("python3");
    command
        .arg(clients().join("tour.py"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../athena/TOUR.md"))
        .arg(folder.path())
        .arg(format!("9100={port}"))
        .env("PROGRAMS", programs.join(":"))
        .env("SEGUE_ATHENA_BIND", format!("127.0.0.1:{port}"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn dbt_builds_marts_from_the_lake() {
    let server = Embedded::start(&[]).await;
    let work = server.folder.path().join("dbt").display().to_string();
    server.ask_with(&python_with("dbt").await, "with_dbt.py", &[("DBT_WORK", &work)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn https_is_spoken_with_a_certificate_that_may_change() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    certify(folder.path(), "first").await;
    let (ca, cert, key) = (path("first-ca.pem"), path("cert.pem"), path("key.pem"));
    let ca: String = ca.display().to_string();
    let (cert, key) = (cert.display().to_string(), key.display().to_string());
    let server = Embedded::start(&["--tls-cert", &cert, "--tls-key", &key]).await;
    assert!(server.url.starts_with("https://"), "{}", server.url);
    server.ask("with_pyathena.py", &[("AWS_CA_BUNDLE", &ca)]).await;
    server.ask("with_wrong_ca.py", &[]).await;
    // Another authority signs a new certificate: those who trust it are answered, those who trust the old one not.
    certify(folder.path(), "second").await;
    let second = path("second-ca.pem").display().to_string();
    server.ask("with_pyathena.py", &[("AWS_CA_BUNDLE", &second)]).await;
    server.ask("with_wrong_ca.py", &[("AWS_CA_BUNDLE", &ca)]).await;
}

/// Makes an authority of this name, and a certificate for this machine that it signs, as `cert.pem` and `key.pem`.
async fn certify(folder: &Path, name: &str) {
    let script = format!(
        "set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} \
            -keyout {name}-ca.key -out {name}-ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout new.key -out new.csr
        printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\nbasicConstraints=CA:FALSE\\n' > new.ext
        openssl x509 -req -in new.csr -CA {name}-ca.pem -CAkey {name}-ca.key -days 2 -extfile new.ext -out new.pem
        mv new.key key.pem
        mv new.pem cert.pem"
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_certificate_is_said_at_the_start() {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("empty.pem");
    std::fs::write(&path, "").unwrap();
    let path = path.display().to_string();
    let lake = folder.path().join("lake").display().to_string();
    let database = format!("sqlite://{}", folder.path().join("segue.db").display());
    let segue = Segue::try_new().unwrap().current_dir(folder.path());
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--lake", &lake, "--database", &database];
    let ended = segue.run(arguments.iter().copied().chain(["--tls-cert", &path, "--tls-key", &path])).await.unwrap();
    assert!(!ended.status.success());
    assert!(ended.stderr.contains("it has no certificate in PEM form"), "{}", ended.stderr);
}
