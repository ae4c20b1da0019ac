//! Requests to end runs.

use serde_json::json;
use store::{Error, RunStart, RunStatus, StepOutcome, StepStart};

use crate::databases::on_each_database;
use crate::samples::{claim, run_id, run_start};

const LAKE: &str = "s3://bucket/lake/";

#[tokio::test]
async fn a_request_is_found_and_forgotten_when_the_run_goes_on() {
    on_each_database(async |database| {
        let (here, there) = (database.store().await, database.store().await);
        let id = run_id("r1");
        assert!(matches!(there.request_cancellation(&id, "me").await.unwrap_err(), Error::UnknownRun { .. }));
        let owner = here.start_run(&run_start("r1"), &claim()).await.unwrap();
        assert_eq!(here.cancellation(&id).await.unwrap(), None);
        there.request_cancellation(&id, "me").await.unwrap();
        there.request_cancellation(&id, "somebody else").await.unwrap();
        assert_eq!(here.cancellation(&id).await.unwrap().as_deref(), Some("me"));
        here.finish_run(&owner, RunStatus::Cancelled, Some("cancelled by me")).await.unwrap();
        assert_eq!(there.run(&id).await.unwrap().unwrap().status, RunStatus::Cancelled);
        let late = there.request_cancellation(&id, "me").await.unwrap_err();
        assert!(matches!(late, Error::RunEnded { status: RunStatus::Cancelled, .. }), "{late}");
        there.resume_run(&id, &claim()).await.unwrap();
        assert_eq!(here.cancellation(&id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_run_is_not_the_one_to_resume() {
    on_each_database(async |database| {
        let store = database.store().await;
        let found = async || store.latest_unfinished("nightly", "f1").await.unwrap().map(|run| run.run_id);
        let owner = store.start_run(&run_start("r1"), &claim()).await.unwrap();
        assert_eq!(found().await, Some(run_id("r1")));
        store.request_cancellation(owner.run_id(), "me").await.unwrap();
        assert_eq!(found().await, None, "its process will see that");
        // Or it is gone: whoever takes the lake next ends the run as was asked.
        database.raw().await.execute("UPDATE runs SET heartbeat_at_us = 1000").await;
        store.start_run(&run_start("r2"), &claim()).await.unwrap();
        assert_eq!(store.run(&run_id("r1")).await.unwrap().unwrap().status, RunStatus::Cancelled);
        store.request_cancellation(&run_id("r2"), "me").await.unwrap();
        database.raw().await.execute("UPDATE runs SET heartbeat_at_us = 1000").await;
        let hour = std::time::Duration::from_secs(3600);
        assert!(!store.abandon_if_silent(&run_id("r1"), hour).await.unwrap(), "it has ended");
        assert!(store.abandon_if_silent(&run_id("r2"), hour).await.unwrap());
        assert_eq!(store.run(&run_id("r2")).await.unwrap().unwrap().status, RunStatus::Cancelled);
        assert_eq!(found().await, None);
        store.resume_run(&run_id("r2"), &claim()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn work_is_found_again_whatever_run_did_it() {
    on_each_database(async |database| {
        let store = database.store().await;
        for (id, fingerprint, outcome) in [
            ("r1", "i1", StepOutcome { output_version: Some("m1".to_owned()), ..StepOutcome::succeeded() }),
            ("r2", "i2", StepOutcome::failed("no luck")),
            ("r3", "i1", StepOutcome { output_version: Some("m1".to_owned()), ..StepOutcome::skipped() }),
        ] {
            let start = RunStart { options: json!({ "lake": LAKE }), ..run_start(id) };
            let owner = store.start_run(&start, &claim()).await.unwrap();
            let start = StepStart { step: "train".to_owned(), attempt: 1, input_fingerprint: fingerprint.to_owned() };
            store.start_step(&owner, &start).await.unwrap();
            store.finish_step(&owner, "train", 1, &outcome).await.unwrap();
            store.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
        }
        let found = store.latest_with_input("train", "i1").await.unwrap().unwrap();
        assert_eq!((found.run_id.as_str(), found.output_version.as_deref()), ("r1", Some("m1")), "it did the work");
        assert_eq!(store.latest_with_input("train", "i2").await.unwrap(), None);
        assert_eq!(store.latest_done("nightly", LAKE, "train").await.unwrap().unwrap().run_id, run_id("r3"));
        assert_eq!(store.latest_done("nightly", "s3://other/", "train").await.unwrap(), None);
        assert_eq!(store.latest_done("weekly", LAKE, "train").await.unwrap(), None);
    })
    .await;
}
