//! Steps of runs.

use store::{RunOwner, StepOutcome, StepStart, StepStatus, Store};

use crate::databases::on_each_database;
use crate::samples::{run_id, run_start, start};

fn step(name: &str, attempt: u32) -> StepStart {
    StepStart { step: name.to_owned(), attempt, input_fingerprint: "i1".to_owned() }
}

async fn with_run(store: &Store) -> RunOwner {
    start(store, &run_start("r1")).await
}

#[tokio::test]
async fn a_step_keeps_its_outcome() {
    on_each_database(async |database| {
        let store = database.store().await;
        let owner = with_run(&store).await;
        store.start_step(&owner, &step("features", 1)).await.unwrap();
        let outcome = StepOutcome {
            rows_in: Some(u64::from(u32::MAX) + 1),
            rows_out: Some(0),
            bytes: Some(u64::MAX >> 1),
            duration_ms: Some(17),
            output_version: Some("v7".to_owned()),
            ..StepOutcome::succeeded()
        };
        store.finish_step(&owner, "features", 1, &outcome).await.unwrap();
        store.finish_step(&owner, "features", 1, &outcome).await.unwrap();
        let steps = store.steps_of(&run_id("r1")).await.unwrap();
        let [found] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!((found.status, found.rows_in, found.rows_out), (outcome.status, outcome.rows_in, outcome.rows_out));
        assert_eq!((found.bytes, found.duration_ms), (outcome.bytes, outcome.duration_ms));
        assert_eq!((&found.output_version, &found.error), (&outcome.output_version, &None));
        assert!(found.finished_at_us.unwrap() >= found.started_at_us);
    })
    .await;
}

#[tokio::test]
async fn completed_steps_are_found_again_by_their_input() {
    on_each_database(async |database| {
        let store = database.store().await;
        let owner = with_run(&store).await;
        let id = run_id("r1");
        store.start_step(&owner, &step("features", 1)).await.unwrap();
        assert_eq!(store.completed_step(&id, "features", "i1").await.unwrap(), None, "it is running");
        store.finish_step(&owner, "features", 1, &StepOutcome::failed("lost executor")).await.unwrap();
        assert_eq!(store.completed_step(&id, "features", "i1").await.unwrap(), None, "it failed");
        store.start_step(&owner, &step("features", 2)).await.unwrap();
        store.finish_step(&owner, "features", 2, &StepOutcome::succeeded()).await.unwrap();

        let store = database.store().await;
        let found = store.completed_step(&id, "features", "i1").await.unwrap().unwrap();
        assert_eq!((found.attempt, found.status), (2, StepStatus::Succeeded));
        assert_eq!(store.completed_step(&id, "features", "i2").await.unwrap(), None, "the input is another");
        assert_eq!(store.completed_step(&id, "train", "i1").await.unwrap(), None, "the step is another");
        let attempts: Vec<_> = store.steps_of(&id).await.unwrap().into_iter().map(|step| step.status).collect();
        assert_eq!(attempts, [StepStatus::Failed, StepStatus::Succeeded]);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_belongs_to_a_run_and_starts_once() {
    on_each_database(async |database| {
        let store = database.store().await;
        let owner = with_run(&store).await;
        store.start_step(&owner, &step("features", 1)).await.unwrap();
        let again = store.start_step(&owner, &step("features", 1)).await.unwrap_err();
        assert_eq!(
            again.to_string(),
            "attempt 1 at step `features` of run `r1` was started before: use the next number",
        );
        let unknown = store.finish_step(&owner, "train", 3, &StepOutcome::skipped()).await.unwrap_err();
        assert_eq!(unknown.to_string(), "run `r1` has no attempt 3 at step `train`");
    })
    .await;
}
