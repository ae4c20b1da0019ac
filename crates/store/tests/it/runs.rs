//! Runs: started, watched, finished, found again.

use std::time::Duration;

use store::{Error, RunStart, RunStatus};

use crate::databases::on_each_database;
use crate::samples::{claim, claim_to, run_id, run_start, start};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_run_is_recorded_from_start_to_end() {
    on_each_database(async |database| {
        let store = database.store().await;
        let said = run_start("r1");
        let owner = start(&store, &said).await;
        let run = store.run(owner.run_id()).await.unwrap().unwrap();
        assert_eq!((run.status, run.finished_at_us, run.error), (RunStatus::Running, None, None));
        assert_eq!((run.pipeline, run.triggered_by, run.options), (said.pipeline, said.triggered_by, said.options));

        store.heartbeat(&owner).await.unwrap();
        store.finish_run(&owner, RunStatus::Failed, Some("disk full")).await.unwrap();
        let run = store.run(owner.run_id()).await.unwrap().unwrap();
        assert_eq!((run.status, run.error.as_deref()), (RunStatus::Failed, Some("disk full")));
        assert!(run.finished_at_us.unwrap() >= run.started_at_us);
    })
    .await;
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_survive_a_restart() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["r1", "r2", "r3"] {
            start(&store, &run_start(id)).await;
        }
        store.close().await;
        let listed = database.store().await.list_runs(2).await.unwrap();
        assert_eq!(listed.iter().map(|run| run.run_id.as_str()).collect::<Vec<_>>(), ["r3", "r2"]);
    })
    .await;
}

#[tokio::test]
async fn a_run_starts_once_and_ends_in_one_way() {
    on_each_database(async |database| {
        let store = database.store().await;
        let owner = start(&store, &run_start("r1")).await;
        let again = store.start_run(&run_start("r1"), &claim_to("elsewhere")).await.unwrap_err();
        assert_eq!(again.to_string(), "run `r1` was started before: use a new id, or resume it");

        store.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
        store.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
        let other = store.finish_run(&owner, RunStatus::Failed, None).await.unwrap_err();
        assert_eq!(other.to_string(), "run `r1` is not running, it is succeeded: stop this work");
        let beat = store.heartbeat(&owner).await.unwrap_err();
        assert!(matches!(beat, Error::RunEnded { status: RunStatus::Succeeded, .. }), "{beat}");
        let running = store.finish_run(&owner, RunStatus::Running, None).await.unwrap_err();
        assert!(matches!(running, Error::InvalidValue { field: "run status", .. }), "{running}");
    })
    .await;
}

#[tokio::test]
async fn the_latest_run_that_did_not_succeed_is_found() {
    on_each_database(async |database| {
        let store = database.store().await;
        let found = async || {
            let run = store.latest_unfinished("nightly", "f1").await.unwrap();
            run.map(|run| run.run_id.to_string())
        };
        assert_eq!(found().await, None);
        start(&store, &RunStart { fingerprint: "f2".to_owned(), ..run_start("other-work") }).await;
        start(&store, &RunStart { pipeline: "hourly".to_owned(), ..run_start("other-pipeline") }).await;
        assert_eq!(found().await, None);
        let first = start(&store, &run_start("r1")).await;
        assert_eq!(found().await.as_deref(), Some("r1"));
        store.finish_run(&first, RunStatus::Failed, None).await.unwrap();
        assert_eq!(found().await.as_deref(), Some("r1"));
        let second = start(&store, &run_start("r2")).await;
        store.finish_run(&second, RunStatus::Succeeded, None).await.unwrap();
        assert_eq!(found().await, None, "a later run did the work");
    })
    .await;
}

#[tokio::test]
async fn silent_runs_are_marked_as_abandoned() {
    on_each_database(async |database| {
        let store = database.store().await;
        start(&store, &run_start("dead")).await;
        start(&store, &run_start("alive")).await;
        let done = start(&store, &run_start("done")).await;
        store.finish_run(&done, RunStatus::Succeeded, None).await.unwrap();
        database.raw().await.execute("UPDATE runs SET heartbeat_at_us = 1000 WHERE run_id <> 'alive'").await;
        assert_eq!(store.abandon_silent_runs(HOUR).await.unwrap(), [run_id("dead")]);
        assert!(store.abandon_silent_runs(HOUR).await.unwrap().is_empty());
        let dead = store.run(&run_id("dead")).await.unwrap().unwrap();
        assert_eq!(dead.status, RunStatus::Abandoned);
        assert!(dead.error.unwrap().starts_with("no heartbeat"));
    })
    .await;
}

#[tokio::test]
async fn overlong_errors_are_cut_and_overlong_names_refused() {
    on_each_database(async |database| {
        let store = database.store().await;
        let owner = start(&store, &run_start("r1")).await;
        store.finish_run(&owner, RunStatus::Failed, Some(&"é".repeat(100_000))).await.unwrap();
        let error = store.run(&run_id("r1")).await.unwrap().unwrap().error.unwrap();
        assert!(error.ends_with("… (cut)") && error.len() <= 16 * 1024, "{}", error.len());
        let long = RunStart { pipeline: "p".repeat(65), ..run_start("r2") };
        let refused = store.start_run(&long, &claim()).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidValue { field: "pipeline", .. }), "{refused}");
        let far = claim_to(&"x".repeat(2049));
        let refused = store.start_run(&run_start("r2"), &far).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidValue { field: "lake_url", .. }), "{refused}");
    })
    .await;
}
