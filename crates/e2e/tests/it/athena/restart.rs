//! What is left after all processes were killed.

use super::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn history_and_results_outlive_the_processes() {
    let Some(s3) = testkit::services::s3() else { return };
    let place = Place::start(s3).await;
    place.ask("before_restart.py").await;
    place.cluster.scheduler().process().sigkill().await.unwrap();
    place.restarted().await.ask("after_restart.py").await;
}
