//! Publishing what the lake holds, without a trainer: the predictions are written as a trainer would.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use lake::{Lake, ObjectStores, WriteMode};
use serde_json::{Value, json};
use store::{ModelRecord, Store, StoreOptions};
use testkit::services::Webhook;

use crate::workplace::{Workplace, check_failure};

const PUBLISH: &str = "run --input raw --only publish --json";

#[tokio::test]
async fn publishing_again_from_another_run_changes_nothing() {
    let workplace = with_tables().await;
    predict(&workplace, "m1", &[1, 2, 3]).await;
    let first = workplace.json(PUBLISH).await;
    let shown = workplace.json("recommend --playlist 2 --json").await;
    assert_eq!(shown.as_array().unwrap().len(), 3);
    for _ in 0..2 {
        let again = workplace.json(PUBLISH).await;
        assert_ne!(again["run_id"], first["run_id"]);
        assert_eq!(again["steps"][0]["output"], first["steps"][0]["output"]);
        assert_eq!(workplace.json("recommend --playlist 2 --json").await, shown);
    }
    predict(&workplace, "m2", &[1, 2]).await;
    let next = workplace.json(PUBLISH).await;
    assert_ne!(next["steps"][0]["output"], first["steps"][0]["output"]);
    assert_eq!(workplace.json("recommend --playlist 2 --json").await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_lake_without_predictions_has_nothing_to_publish() {
    let workplace = Workplace::with_slices().await;
    let parts = ["step `publish` needs the table `predictions`", "run the earlier steps first"];
    check_failure(&workplace.run("run --input raw --only publish").await, 78, &parts);
    assert_eq!(workplace.json("runs --json").await, json!([]));
}

#[tokio::test]
async fn predictions_that_somebody_replaced_are_made_anew() {
    let workplace = with_tables().await;
    workplace.success("run --input raw --only sequences --quiet").await;
    let trainer = workplace.trainer("echo '{}'");
    let line = format!("run --input raw --steps predict,publish --model-binary {} --json", trainer.display());
    let is_resumed = |report: &Value| report["steps"][0]["resumed"].clone();

    predict(&workplace, "m1", &[1, 3]).await;
    let output = workplace.run(&line).await;
    check_failure(&output, 1, &["has a gap in its ranks"]);
    let output = workplace.run(&line).await;
    check_failure(&output, 1, &["predict: was done before"]);
    predict(&workplace, "m1", &[1, 2]).await;
    let report = workplace.json(&line).await;
    assert_eq!((is_resumed(&report), &report["steps"][0]["output"]), (json!(false), &json!("predictions@2")));
}

#[tokio::test]
async fn a_worse_model_is_not_published_unless_somebody_says_so() {
    let workplace = with_tables().await;
    record_model(&workplace, "m1", 0.40).await;
    record_model(&workplace, "m2", 0.30).await;
    record_model(&workplace, "m3", 0.39).await;
    predict(&workplace, "m1", &[1, 2, 3]).await;
    workplace.success(PUBLISH).await;
    let shown = async || workplace.json("recommend --playlist 2 --json").await.as_array().unwrap().len();

    predict(&workplace, "m2", &[1, 2]).await;
    let words = ["the model m2 is worse than m1", "NDCG@500 0.3000 [0.2900, 0.3100]", "0.4000 [0.3900, 0.4100]"];
    let webhook = Webhook::start().unwrap();
    let told = format!("{PUBLISH} --notify {}", webhook.url());
    check_failure(&workplace.run(&told).await, 3, &[&words[..], &["--publish-worse"]].concat());
    let heard = webhook.heard().remove(0);
    assert_eq!((&heard["severity"], &heard["step"]), (&json!("page"), &json!("publish")));
    assert!(heard["reason"].as_str().unwrap().contains(words[0]), "{heard}");
    assert!(heard["next_action"].as_str().unwrap().contains("segue runs retry"), "{heard}");
    assert_eq!(shown().await, 3, "what was published stays");
    check_failure(&workplace.run(&format!("{PUBLISH} --worse-by 0.2")).await, 3, &words);
    workplace.success(&format!("{PUBLISH} --worse-by 0.26")).await;
    assert_eq!(shown().await, 2);

    // From the better one back: the other way needs no word, and so does a loss within the limits.
    predict(&workplace, "m1", &[1, 2, 3]).await;
    workplace.success(PUBLISH).await;
    predict(&workplace, "m3", &[1]).await;
    workplace.success(PUBLISH).await;
    assert_eq!(shown().await, 1);

    predict(&workplace, "m2", &[1, 2]).await;
    check_failure(&workplace.run(PUBLISH).await, 3, &["the model m2 is worse than m3"]);
    workplace.success("runs retry --publish-worse").await;
    assert_eq!(shown().await, 2);
    let unknown = "m4";
    predict(&workplace, unknown, &[1]).await;
    check_failure(&workplace.run(PUBLISH).await, 3, &["the model m4 is worse than m2", "no figure"]);
}

/// Records a model as the trainer's report describes it.
async fn record_model(workplace: &Workplace, model_id: &str, ndcg: f64) {
    let database = format!("sqlite://{}", workplace.path("data/segue.db").display());
    let store = Store::connect(&database.parse().unwrap(), &StoreOptions::default()).await.unwrap();
    let figure = json!({ "mean": ndcg, "low": ndcg - 0.01, "high": ndcg + 0.01 });
    let metrics = json!({ "recommenders": { "blend": { "metrics": { "ndcg_500": figure } } } });
    let model_id = model_id.parse().unwrap();
    let record =
        ModelRecord { model_id, created_at_us: 1, lake_url: "file:///m".to_owned(), metrics, config: json!({}) };
    store.record_model(&record).await.unwrap();
}

/// A folder whose lake has the tables that publication reads besides the predictions.
async fn with_tables() -> Workplace {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps playlists,playlist_tracks,tracks --quiet").await;
    workplace
}

/// Writes predictions of these ranks for the first four playlists.
pub(crate) async fn predict(workplace: &Workplace, model_id: &str, ranks: &[i32]) {
    let uris = workplace.rows("SELECT track_uri FROM tracks ORDER BY track_uri LIMIT 10").await;
    let uris: Vec<&str> = uris.as_array().unwrap().iter().map(|row| row["track_uri"].as_str().unwrap()).collect();
    let lists: Vec<(i64, i32)> = (0..4).flat_map(|pid| ranks.iter().map(move |rank| (pid, *rank))).collect();
    let uris = lists.iter().map(|(_, rank)| uris[usize::try_from(*rank).unwrap()]);
    let batch = RecordBatch::try_from_iter([
        ("pid", Arc::new(Int64Array::from_iter_values(lists.iter().map(|(pid, _)| *pid))) as ArrayRef),
        ("rank", Arc::new(Int32Array::from_iter_values(lists.iter().map(|(_, rank)| *rank)))),
        ("track_uri", Arc::new(StringArray::from_iter_values(uris))),
        ("score", Arc::new(Float64Array::from_iter_values(lists.iter().map(|(_, rank)| 1.0 / f64::from(*rank))))),
        ("model_id", Arc::new(StringArray::from_iter_values(lists.iter().map(|_| model_id)))),
    ])
    .unwrap();
    let lake = workplace.path("data/lake").display().to_string();
    let lake = Lake::open(&lake, Arc::new(ObjectStores::from_env())).await.unwrap();
    let table = lake.table("predictions").unwrap();
    let mut writer = table.writer(batch.schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
}
