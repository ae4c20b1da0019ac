//! Health, readiness, metrics, and the orderly end of scheduler and executors.

use std::time::Duration;

use datafusion::prelude::SessionContext;
use tempfile::TempDir;
use testkit::process::Cluster;

use crate::{places::open_lake, session::on_cluster};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn processes_tell_their_health_and_what_they_did() {
    let cluster = Cluster::builder().unwrap().executors(1).vcores(2).start().await.unwrap();
    let place = TempDir::new().unwrap();
    let context = on_cluster(&cluster, &open_lake(place.path()).await).await;
    count_to_three(&context).await;

    let (scheduler, executor) = (cluster.scheduler(), &cluster.executors()[0]);
    assert_eq!(scheduler.admin_get("/healthz").await.unwrap(), "ok\n");
    assert_eq!(scheduler.admin_get("/readyz").await.unwrap(), "ready\n");
    assert_eq!(executor.admin_get("/readyz").await.unwrap(), "ready\n");
    let metrics = scheduler.admin_get("/metrics").await.unwrap();
    assert_eq!(value_of(&metrics, "job_completed_total"), Some(1.0), "{metrics}");
    let metrics = executor.admin_get("/metrics").await.unwrap();
    assert!(value_of(&metrics, "segue_executor_tasks_total{outcome=\"succeeded\"}") >= Some(1.0), "{metrics}");
    assert_eq!(value_of(&metrics, "segue_executor_tasks_running"), Some(0.0), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_both_processes_in_order() {
    let mut cluster = Cluster::builder().unwrap().executors(1).vcores(2).start().await.unwrap();
    let executor = cluster.remove_executor(0).unwrap();
    let status = executor.process().sigterm_and_wait(PATIENCE).await.unwrap();
    assert!(status.success(), "{status}");
    let status = cluster.scheduler().process().sigterm_and_wait(PATIENCE).await.unwrap();
    assert!(status.success(), "{status}");
}

async fn count_to_three(context: &SessionContext) {
    let rows = context.sql("SELECT count(*) FROM (VALUES (1), (2), (3)) AS t(x)").await.unwrap().collect().await;
    assert_eq!(crate::session::lines(&rows.unwrap())[0], "|3|");
}

pub(crate) fn value_of(metrics: &str, name: &str) -> Option<f64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}
