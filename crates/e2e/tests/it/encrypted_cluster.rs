//! A cluster whose processes show each other certificates: who has one of another authority, or none, is told nothing.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use testkit::process::{Cluster, ClusterBuilder, Segue};

use crate::{endpoints::value_of, places::make_slices};

const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(5);
/// How HTTP/2 in the clear begins, with an empty frame of settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// Which TLS sends to whom it does not understand.
const ALERT: u8 = 21;

/// Makes an authority, and a certificate of it for a name of a cluster.
pub(crate) fn certify(folder: &Path, authority: &str, name: &str) {
    let script = format!(
        "set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={authority} \
            -keyout {authority}-ca.key -out {authority}-ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} \
            -keyout {authority}.key -out {authority}.csr
        printf 'subjectAltName=DNS:{name}\\nbasicConstraints=CA:FALSE\\n' > {authority}.ext
        openssl x509 -req -in {authority}.csr -CA {authority}-ca.pem -CAkey {authority}-ca.key -days 2 \
            -extfile {authority}.ext -out {authority}.pem"
    );
    let made = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The variables of a process with a certificate of an authority, which trusts another one or the same.
pub(crate) fn variables(folder: &Path, trusted: &str, own: &str) -> [(&'static str, String); 3] {
    let path = |name: String| folder.join(name).display().to_string();
    [
        ("SEGUE_CLUSTER_TLS_CA", path(format!("{trusted}-ca.pem"))),
        ("SEGUE_CLUSTER_TLS_CERT", path(format!("{own}.pem"))),
        ("SEGUE_CLUSTER_TLS_KEY", path(format!("{own}.key"))),
    ]
}

struct Place {
    folder: TempDir,
    cluster: Cluster,
}

impl Place {
    async fn start(describe: impl FnOnce(ClusterBuilder) -> ClusterBuilder) -> Self {
        let folder = TempDir::new().unwrap();
        certify(folder.path(), "ours", "segue");
        make_slices(&folder.path().join("raw"));
        let cluster = Cluster::builder().unwrap().executors(2).vcores(1);
        let cluster = describe(cluster.envs(variables(folder.path(), "ours", "ours"))).start().await.unwrap();
        Self { folder, cluster }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The command on a lake of this name, with no certificate yet.
    fn segue(&self, lake: &str) -> Segue {
        Segue::try_new().unwrap().timeout(PATIENCE).envs([
            ("SEGUE_LAKE", self.path(lake)),
            ("SEGUE_DATABASE", format!("sqlite://{}", self.path(&format!("{lake}.db")))),
        ])
    }

    fn on_cluster(&self, lake: &str) -> Segue {
        self.segue(lake).env("SEGUE_SCHEDULER", self.cluster.scheduler().url())
    }

    fn ours(&self) -> [(&'static str, String); 3] {
        variables(self.folder.path(), "ours", "ours")
    }
}

/// Steps with shuffles, whose last table is small.
const STEPS: &str = "quarantine,playlists,playlist_tracks,tracks";
const SUMS: &str = "SELECT count(*) AS n, sum(track_count) AS tracks FROM playlists";

async fn sums(segue: &Segue) -> Value {
    segue.run(["sql", SUMS, "--json"]).await.unwrap().success().unwrap().json().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_certificate_of_the_cluster_may_use_it_and_nobody_else() {
    let place = Place::start(|cluster| cluster).await;
    let (encrypted, raw) = (place.on_cluster("lake").envs(place.ours()), place.path("raw"));
    encrypted.run(["run", "--input", &raw, "--steps", STEPS]).await.unwrap().success().unwrap();
    let embedded = place.segue("own");
    embedded.run(["run", "--input", &raw, "--steps", STEPS]).await.unwrap().success().unwrap();
    assert_eq!(sums(&encrypted).await, sums(&embedded).await);
    let fetched: f64 = {
        let mut fetched = 0.0;
        for executor in place.cluster.executors() {
            let metrics = executor.admin_get("/metrics").await.unwrap();
            fetched += value_of(&metrics, "segue_executor_shuffle_fetches_total").unwrap_or_default();
        }
        fetched
    };
    assert!(fetched >= 1.0, "executors fetched from each other, too");

    // The settings of gRPC in the clear are answered with an alert of TLS, and nothing else.
    let executor = &place.cluster.executors()[0];
    for address in [place.cluster.scheduler().grpc(), executor.grpc(), executor.flight()] {
        assert_eq!(first_byte(address), Some(ALERT), "{address}");
    }
    certify(place.folder.path(), "theirs", "segue");
    certify(place.folder.path(), "named", "another");
    let query = ["sql", SUMS];
    let without = place.on_cluster("lake").run(query).await.unwrap();
    assert!(!without.status.success(), "{}", without.stdout);
    for (trusted, own) in [("ours", "theirs"), ("theirs", "ours")] {
        let outsider = place.on_cluster("lake").envs(variables(place.folder.path(), trusted, own));
        let refused = outsider.run(query).await.unwrap();
        assert!(!refused.status.success(), "{trusted} {own}: {}", refused.stdout);
    }
    let misnamed = place.on_cluster("lake").envs(place.ours()).env("SEGUE_CLUSTER_TLS_NAME", "another");
    assert!(!misnamed.run(query).await.unwrap().status.success());
    let half = place.on_cluster("lake").envs(place.ours().into_iter().take(2)).run(query).await.unwrap();
    assert!(half.stderr.contains("--cluster-tls-key"), "{}", half.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_renewed_while_the_cluster_runs() {
    let mut place = Place::start(|cluster| cluster).await;
    let (encrypted, raw) = (place.on_cluster("lake").envs(place.ours()), place.path("raw"));
    encrypted.run(["run", "--input", &raw, "--steps", STEPS]).await.unwrap().success().unwrap();
    let before = sums(&encrypted).await;
    for name in ["-ca.pem", ".pem", ".key"] {
        fs::copy(place.path(&format!("ours{name}")), place.path(&format!("old{name}"))).unwrap();
    }
    // Another authority signs all certificates anew. Who comes now trusts no other, and is trusted: by the scheduler that
    // it registers at, and that has work for it.
    certify(place.folder.path(), "ours", "segue");
    place.cluster.add_executor().await.unwrap();
    for _ in 0..2 {
        let old = place.cluster.remove_executor(0).unwrap();
        assert!(old.process().sigterm_and_wait(PATIENCE).await.unwrap().success());
    }
    assert_eq!(sums(&encrypted).await, before);
    let late = place.on_cluster("lake").envs(variables(place.folder.path(), "old", "old"));
    let refused = late.run(["sql", SUMS]).await.unwrap();
    assert!(!refused.status.success(), "{}", refused.stdout);
}

/// What comes first when somebody speaks gRPC in the clear.
fn first_byte(address: SocketAddr) -> Option<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(PREFACE).unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).ok().map(|()| byte[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_executor_is_replaced_as_in_the_clear() {
    let mut place = Place::start(|cluster| {
        cluster
            .scheduler_arg("--executor-timeout-seconds")
            .scheduler_arg("4")
            .executor_arg("--heartbeat-seconds")
            .executor_arg("1")
    })
    .await;
    let (encrypted, raw) = (place.on_cluster("lake").envs(place.ours()), place.path("raw"));
    let run = encrypted.start(["run", "--input", &raw, "--steps", STEPS]).unwrap();
    let lost = place.cluster.remove_executor(0).unwrap();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let tasks = async || value_of(&lost.admin_get("/metrics").await.unwrap(), "segue_executor_tasks_running");
    while tasks().await.unwrap_or_default() < 1.0 {
        assert!(tokio::time::Instant::now() < deadline, "{}", run.stderr());
        tokio::time::sleep(POLL).await;
    }
    // It ends with its value, by SIGKILL.
    drop(lost);
    assert!(run.wait(PATIENCE).await.unwrap().success(), "{}", run.stderr());
    let embedded = place.segue("own");
    embedded.run(["run", "--input", &raw, "--steps", STEPS]).await.unwrap().success().unwrap();
    assert_eq!(sums(&encrypted).await, sums(&embedded).await);
}
