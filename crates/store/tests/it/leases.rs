//! Who may work on a lake: one process for one run, until the run ends or falls silent.

use std::time::Duration;

use store::{Error, RunClaim, RunStart, RunStatus, StepOutcome, StepStart, StepStatus};

use crate::databases::on_each_database;
use crate::samples::{claim, claim_to, run_id, run_start};

/// Takes every run for dead whose heartbeat is in the past.
fn impatient() -> RunClaim {
    RunClaim { silent_for: Duration::ZERO, host: "there (process 8)".to_owned(), ..claim() }
}

fn step(attempt: u32) -> StepStart {
    StepStart { step: "tracks".to_owned(), attempt, input_fingerprint: "i1".to_owned() }
}

fn other_work(id: &str) -> RunStart {
    RunStart { fingerprint: "f2".to_owned(), ..run_start(id) }
}

#[tokio::test]
async fn on_a_lake_one_run_works_at_a_time() {
    on_each_database(async |database| {
        let (here, there) = (database.store().await, database.store().await);
        let first = here.start_run(&run_start("r1"), &claim()).await.unwrap();
        let busy = there.start_run(&other_work("r2"), &claim()).await.unwrap_err();
        assert_eq!(
            busy.to_string(),
            "run `r1` is at work on this lake, on here (process 7), and gave its last sign of life 0 s ago: \
             wait for it to end, or stop it there",
        );
        assert_eq!(there.run(&run_id("r2")).await.unwrap(), None);
        there.start_run(&other_work("elsewhere"), &claim_to("s3://bucket/other")).await.unwrap();
        let hourly = RunStart { pipeline: "hourly".to_owned(), ..run_start("hourly") };
        there.start_run(&hourly, &claim()).await.unwrap();

        here.finish_run(&first, RunStatus::Failed, None).await.unwrap();
        let second = there.start_run(&other_work("r2"), &claim()).await.unwrap();
        let busy = here.resume_run(&run_id("r1"), &claim()).await.unwrap_err();
        assert!(matches!(&busy, Error::RunAlive { run_id, .. } if run_id == second.run_id()), "{busy}");
        there.finish_run(&second, RunStatus::Succeeded, None).await.unwrap();
        here.resume_run(&run_id("r1"), &claim()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_start_at_once_one_gets_the_lake() {
    on_each_database(async |database| {
        let starts: Vec<_> = (0..8)
            .map(|n| {
                let url = database.url.clone();
                tokio::spawn(async move {
                    let store = crate::databases::connect(&url).await;
                    store.start_run(&other_work(&format!("r{n}")), &claim()).await
                })
            })
            .collect();
        let mut owners = Vec::new();
        for started in starts {
            match started.await.unwrap() {
                Ok(owner) => owners.push(owner),
                Err(error) => assert!(matches!(error, Error::RunAlive { .. }), "{error:?}"),
            }
        }
        let listed = database.store().await.list_runs(10).await.unwrap();
        assert_eq!((owners.len(), listed.len()), (1, 1));
        assert_eq!(&listed[0].run_id, owners[0].run_id());
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_taken_over_is_no_longer_its_former_owners() {
    on_each_database(async |database| {
        let (here, there) = (database.store().await, database.store().await);
        let former = here.start_run(&run_start("r1"), &claim()).await.unwrap();
        here.start_step(&former, &step(1)).await.unwrap();

        let owner = there.resume_run(&run_id("r1"), &impatient()).await.unwrap();
        there.start_step(&owner, &step(2)).await.unwrap();
        let taken = "run `r1` was taken over by another process, which had no sign of life from it: stop this work";
        assert_eq!(here.heartbeat(&former).await.unwrap_err().to_string(), taken);
        assert_eq!(here.start_step(&former, &step(3)).await.unwrap_err().to_string(), taken);
        for attempt in [1, 2] {
            let refused = here.finish_step(&former, "tracks", attempt, &StepOutcome::succeeded()).await.unwrap_err();
            assert_eq!(refused.to_string(), taken);
        }
        assert_eq!(here.finish_run(&former, RunStatus::Failed, None).await.unwrap_err().to_string(), taken);

        there.heartbeat(&owner).await.unwrap();
        there.finish_step(&owner, "tracks", 2, &StepOutcome::succeeded()).await.unwrap();
        there.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
        let statuses: Vec<_> = here.steps_of(&run_id("r1")).await.unwrap().iter().map(|step| step.status).collect();
        assert_eq!(statuses, [StepStatus::Abandoned, StepStatus::Succeeded]);
        assert_eq!(here.run(&run_id("r1")).await.unwrap().unwrap().status, RunStatus::Succeeded);
    })
    .await;
}

#[tokio::test]
async fn a_lake_whose_run_fell_silent_goes_to_the_next() {
    on_each_database(async |database| {
        let store = database.store().await;
        let silent = store.start_run(&run_start("r1"), &claim()).await.unwrap();
        store.start_step(&silent, &step(1)).await.unwrap();
        let owner = store.start_run(&other_work("r2"), &impatient()).await.unwrap();
        assert_eq!(store.run(&run_id("r1")).await.unwrap().unwrap().status, RunStatus::Abandoned);
        assert_eq!(store.steps_of(&run_id("r1")).await.unwrap()[0].status, StepStatus::Abandoned);
        let taken = store.heartbeat(&silent).await.unwrap_err();
        assert!(matches!(taken, Error::RunTaken { .. }), "{taken}");
        let busy = store.resume_run(&run_id("r1"), &claim()).await.unwrap_err();
        assert!(matches!(&busy, Error::RunAlive { run_id, .. } if run_id == owner.run_id()), "{busy}");
    })
    .await;
}

#[tokio::test]
async fn a_dead_run_is_resumed_once_and_a_live_one_is_left_alone() {
    on_each_database(async |database| {
        let store = database.store().await;
        let id = run_id("r1");
        let unknown = store.resume_run(&id, &claim()).await.unwrap_err();
        assert_eq!(unknown.to_string(), "there is no run `r1`");
        store.start_run(&run_start("r1"), &claim()).await.unwrap();
        let alive = store.resume_run(&id, &claim()).await.unwrap_err();
        assert!(matches!(alive, Error::RunAlive { .. }), "{alive}");

        database.raw().await.execute("UPDATE runs SET heartbeat_at_us = 1000").await;
        let owner = store.resume_run(&id, &claim()).await.unwrap();
        let run = store.run(&id).await.unwrap().unwrap();
        assert!(run.status == RunStatus::Running && run.silent_for() < claim().silent_for);
        let second = store.resume_run(&id, &claim()).await.unwrap_err();
        assert!(matches!(second, Error::RunAlive { .. }), "{second}");

        store.finish_run(&owner, RunStatus::Failed, Some("no memory")).await.unwrap();
        let owner = store.resume_run(&id, &claim()).await.unwrap();
        let run = store.run(&id).await.unwrap().unwrap();
        assert_eq!((run.status, run.error, run.finished_at_us), (RunStatus::Running, None, None));
        store.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
        let done = store.resume_run(&id, &claim()).await.unwrap_err();
        assert!(matches!(done, Error::RunEnded { status: RunStatus::Succeeded, .. }), "{done}");
    })
    .await;
}

/// A database whose runs were recorded before there were leases.
#[tokio::test]
async fn a_run_without_a_lease_is_left_alone_while_it_lives() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.start_run(&run_start("r1"), &claim()).await.unwrap();
        let mut raw = database.raw().await;
        raw.execute("DELETE FROM run_leases").await;
        let alive = store.resume_run(&run_id("r1"), &claim()).await.unwrap_err();
        assert!(alive.to_string().contains("a host that is not known"), "{alive}");
        raw.execute("UPDATE runs SET heartbeat_at_us = 1000").await;
        store.resume_run(&run_id("r1"), &claim()).await.unwrap();
    })
    .await;
}
