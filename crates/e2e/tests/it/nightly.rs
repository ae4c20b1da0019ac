//! The CronJob of production as it is written: its own command, flags and variables on a cluster of processes that encrypt,
//! S3 and MySQL. A flag that is renamed and not renamed there fails here.

use std::{fs, path::Path};

use object_store::{ObjectStore, ObjectStoreExt, path::Path as Key};
use serde_json::Value;
use store::{Store, StoreOptions};
use tempfile::TempDir;
use testkit::{process::Cluster, services::Webhook};
use url::Url;

use crate::{
    encrypted_cluster::{certify, variables},
    endpoints::value_of,
    places::make_slices,
    pods::{Container, Manifests, Provided},
};

/// Of the sample slices, less the one that [`deliver`] spoils.
const GOOD_PLAYLISTS: u64 = 239;

/// Brings slices to where the container looks for them, one of them with a playlist that cannot be used.
async fn deliver(raw: &Path, store: &dyn ObjectStore, prefix: &str) {
    make_slices(raw);
    for entry in fs::read_dir(raw).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let slice = fs::read_to_string(&path).unwrap().replacen("\"pid\": 0,", "\"pid\": \"none\",", 1);
        store.put(&Key::from(format!("{prefix}/{name}")), slice.into()).await.unwrap();
    }
}

/// The certificate of the cluster's processes as cert-manager would write it.
fn certificate(folder: &Path) -> [(&'static str, String); 3] {
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    [("ca.crt", read("ours-ca.pem")), ("tls.crt", read("ours.pem")), ("tls.key", read("ours.key"))]
}

async fn json_of(container: &Container, words: &[&str]) -> Value {
    container.beside().run(words).await.unwrap().success().unwrap().json().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cron_job_does_what_it_says() {
    let (Some(s3), Some(mysql)) = (testkit::services::s3(), testkit::services::mysql()) else { return };
    let manifests = Manifests::render("production").await;
    let (place, webhook, database) =
        (TempDir::new().unwrap(), Webhook::start().unwrap(), mysql.fresh_database().await.unwrap());
    certify(place.path(), "ours", "segue");
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).envs(s3.env_pairs());
    let cluster = cluster.envs(variables(place.path(), "ours", "ours")).start().await.unwrap();
    let provided = Provided::default()
        .secret("segue-database", [("SEGUE_DATABASE", database.url().as_str()), ("SEGUE_NOTIFY", webhook.url())])
        .secret("segue-s3", s3.env_pairs())
        .secret("segue-cluster-tls", certificate(place.path()))
        .service("segue-scheduler", cluster.scheduler().grpc());
    let migrations = manifests.container("Job", "segue-migrations", &provided);
    let night = manifests.container("CronJob", "segue-nightly", &provided);
    let input = Url::parse(night.variable("SEGUE_INPUT")).unwrap();
    let s3 = s3.with_empty_bucket(input.host_str().unwrap()).await.unwrap();
    deliver(&place.path().join("raw"), &*s3.object_store().unwrap(), input.path().trim_matches('/')).await;

    migrations.run().await.success().unwrap();
    night.run().await.success().unwrap();

    let runs = json_of(&night, &["runs", "--json"]).await;
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
    assert_eq!((&runs[0]["status"], &runs[0]["triggered_by"]), (&"succeeded".into(), &"segue run".into()), "{runs}");
    let quarantined = json_of(&night, &["sql", "--json", "SELECT count(*) AS n FROM quarantine"]).await;
    assert_eq!(quarantined[0]["n"], 1, "{quarantined}");
    let store = Store::connect(&database.url().as_str().parse().unwrap(), &StoreOptions::default()).await.unwrap();
    let current = store.current_set().await.unwrap().unwrap();
    assert_eq!(current.run_id.as_ref().map(ToString::to_string).as_deref(), runs[0]["run_id"].as_str());
    assert_eq!(current.playlists, Some(GOOD_PLAYLISTS));
    assert_eq!(store.recommendations(1, 100).await.unwrap().len(), 10);
    let metrics = cluster.scheduler().admin_get("/metrics").await.unwrap();
    assert!(value_of(&metrics, "job_completed_total") >= Some(6.0), "it ran elsewhere than on the cluster: {metrics}");

    // The next night, in which nothing has come.
    night.run().await.success().unwrap();
    assert_eq!(store.current_set().await.unwrap().unwrap().set_id, current.set_id);
    assert_eq!(webhook.summaries(), Vec::<String>::new(), "nobody is woken");
}
