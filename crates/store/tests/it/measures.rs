//! What the rows of steps are like.

use serde_json::json;
use store::{Measures, RunOwner, RunStart, StepOutcome, StepStart, Store};

use crate::databases::on_each_database;
use crate::samples::{run_id, run_start, start};

fn measures(mean: f64) -> Measures {
    Measures::from([("mean_tracks".to_owned(), mean), ("measured".to_owned(), 1e9)])
}

async fn measured(store: &Store, owner: &RunOwner, attempt: u32, mean: f64, outcome: &StepOutcome) {
    let step = StepStart { step: "playlists".to_owned(), attempt, input_fingerprint: "i1".to_owned() };
    store.start_step(owner, &step).await.unwrap();
    store.record_measures(owner, "playlists", attempt, &measures(0.5)).await.unwrap();
    store.record_measures(owner, "playlists", attempt, &measures(mean)).await.unwrap();
    store.finish_step(owner, "playlists", attempt, outcome).await.unwrap();
}

#[tokio::test]
async fn the_past_is_that_of_successes_on_the_same_lake_and_input() {
    on_each_database(async |database| {
        let store = database.store().await;
        let (lake, input) = ("file:///lake/", "s3://raw/");
        let run = RunStart { options: json!({ "lake": lake, "input": input }), ..run_start("r1") };
        let owner = start(&store, &run).await;
        measured(&store, &owner, 1, 1.25, &StepOutcome::failed("lost executor")).await;
        measured(&store, &owner, 2, 66.5, &StepOutcome::succeeded()).await;
        let past = async |lake: &str, input: &str, limit| {
            store.past_measures(&run.pipeline, "playlists", lake, input, limit).await.unwrap()
        };
        assert_eq!(past(lake, input, 14).await, [measures(66.5)]);
        assert_eq!(past("s3://another/", input, 14).await, [] as [Measures; 0]);
        assert_eq!(past(lake, "s3://another/", 14).await, [] as [Measures; 0]);
        assert_eq!(past(lake, input, 0).await, [] as [Measures; 0]);
        let of_run = store.measures_of(&run_id("r1")).await.unwrap();
        assert_eq!(of_run.into_iter().collect::<Vec<_>>(), [("playlists".to_owned(), measures(66.5))]);
    })
    .await;
}
