//! Runs: started, watched, finished, resumed.

use std::time::Duration;

use store::{Error, RunStart, RunStatus, StepOutcome, StepStart, StepStatus};

use crate::databases::on_each_database;
use crate::samples::{run_id, run_start};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_run_is_recorded_from_start_to_end() {
    on_each_database(async |database| {
        let store = database.store().await;
        let start = run_start("r1");
        store.start_run(&start).await.unwrap();
        let run = store.run(&start.run_id).await.unwrap().unwrap();
        assert_eq!((run.status, run.finished_at_us, run.error), (RunStatus::Running, None, None));
        assert_eq!((run.pipeline, run.triggered_by, run.options), (start.pipeline, start.triggered_by, start.options));

        store.heartbeat(&start.run_id).await.unwrap();
        store.finish_run(&start.run_id, RunStatus::Failed, Some("disk full")).await.unwrap();
        let run = store.run(&start.run_id).await.unwrap().unwrap();
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
            store.start_run(&run_start(id)).await.unwrap();
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
        let id = run_id("r1");
        let unknown = store.heartbeat(&id).await.unwrap_err();
        assert_eq!(unknown.to_string(), "there is no run `r1`");
        store.start_run(&run_start("r1")).await.unwrap();
        let again = store.start_run(&run_start("r1")).await.unwrap_err();
        assert_eq!(again.to_string(), "run `r1` was started before: use a new id, or resume it");

        store.finish_run(&id, RunStatus::Succeeded, None).await.unwrap();
        store.finish_run(&id, RunStatus::Succeeded, None).await.unwrap();
        let other = store.finish_run(&id, RunStatus::Failed, None).await.unwrap_err();
        assert_eq!(other.to_string(), "run `r1` is not running, it is succeeded: stop this work");
        let beat = store.heartbeat(&id).await.unwrap_err();
        assert!(matches!(beat, Error::RunEnded { status: RunStatus::Succeeded, .. }), "{beat}");
        let running = store.finish_run(&id, RunStatus::Running, None).await.unwrap_err();
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
        store.start_run(&RunStart { fingerprint: "f2".to_owned(), ..run_start("other-work") }).await.unwrap();
        store.start_run(&RunStart { pipeline: "hourly".to_owned(), ..run_start("other-pipeline") }).await.unwrap();
        assert_eq!(found().await, None);
        store.start_run(&run_start("r1")).await.unwrap();
        assert_eq!(found().await.as_deref(), Some("r1"));
        store.finish_run(&run_id("r1"), RunStatus::Failed, None).await.unwrap();
        assert_eq!(found().await.as_deref(), Some("r1"));
        store.start_run(&run_start("r2")).await.unwrap();
        store.finish_run(&run_id("r2"), RunStatus::Succeeded, None).await.unwrap();
        assert_eq!(found().await, None, "a later run did the work");
    })
    .await;
}

#[tokio::test]
async fn a_dead_run_is_resumed_once_and_a_live_one_is_left_alone() {
    on_each_database(async |database| {
        let store = database.store().await;
        let id = run_id("r1");
        store.start_run(&run_start("r1")).await.unwrap();
        let step = StepStart {
            run_id: id.clone(),
            step: "features".to_owned(),
            attempt: 1,
            input_fingerprint: "i1".to_owned(),
        };
        store.start_step(&step).await.unwrap();
        let alive = store.resume_run(&id, HOUR).await.unwrap_err();
        assert!(matches!(alive, Error::RunAlive { .. }), "{alive}");

        database.raw().await.execute("UPDATE runs SET heartbeat_at_us = 1000").await;
        store.resume_run(&id, HOUR).await.unwrap();
        let run = store.run(&id).await.unwrap().unwrap();
        assert!(run.status == RunStatus::Running && run.silent_for() < HOUR);
        assert_eq!(store.steps_of(&id).await.unwrap()[0].status, StepStatus::Abandoned);
        let late = store.finish_step(&id, "features", 1, &StepOutcome::succeeded()).await.unwrap_err();
        assert!(matches!(late, Error::StepEnded { status: StepStatus::Abandoned, .. }), "{late}");
        let second = store.resume_run(&id, HOUR).await.unwrap_err();
        assert!(matches!(second, Error::RunAlive { .. }), "{second}");

        store.finish_run(&id, RunStatus::Failed, Some("no memory")).await.unwrap();
        store.resume_run(&id, HOUR).await.unwrap();
        let run = store.run(&id).await.unwrap().unwrap();
        assert_eq!((run.status, run.error, run.finished_at_us), (RunStatus::Running, None, None));
        store.finish_run(&id, RunStatus::Succeeded, None).await.unwrap();
        let done = store.resume_run(&id, HOUR).await.unwrap_err();
        assert!(matches!(done, Error::RunEnded { status: RunStatus::Succeeded, .. }), "{done}");
    })
    .await;
}

#[tokio::test]
async fn silent_runs_are_marked_as_abandoned() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["dead", "alive", "done"] {
            store.start_run(&run_start(id)).await.unwrap();
        }
        store.finish_run(&run_id("done"), RunStatus::Succeeded, None).await.unwrap();
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
        store.start_run(&run_start("r1")).await.unwrap();
        store.finish_run(&run_id("r1"), RunStatus::Failed, Some(&"é".repeat(100_000))).await.unwrap();
        let error = store.run(&run_id("r1")).await.unwrap().unwrap().error.unwrap();
        assert!(error.ends_with("… (cut)") && error.len() <= 16 * 1024, "{}", error.len());
        let long = RunStart { pipeline: "p".repeat(65), ..run_start("r2") };
        let refused = store.start_run(&long).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidValue { field: "pipeline", .. }), "{refused}");
    })
    .await;
}
