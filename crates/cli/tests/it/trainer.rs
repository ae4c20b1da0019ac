//! The steps that need the trainer, which is a program of its own; skipped if it has not been built.

use serde_json::Value;
use store::{Store, StoreOptions};

use crate::workplace::{Workplace, check_failure, has_trainer};

#[tokio::test]
async fn predictions_are_published_and_shown() {
    if !has_trainer() {
        eprintln!("skipped: there is no segue-model beside segue; `make build` builds it");
        return;
    }
    let workplace = Workplace::with_slices().await;
    let report = workplace.json("run --input raw --train-seconds 5 --k 7 --json").await;
    let rows = |step: &str| {
        let steps = report["steps"].as_array().unwrap();
        steps.iter().find(|report| report["step"] == step).unwrap()["rows"].clone()
    };
    assert_eq!((rows("predict"), rows("publish")), (Value::from(7 * 120), Value::from(7 * 120)));

    check_recorded_model(&workplace).await;

    let published = workplace.json("recommend --playlist 3 --k 5 --json").await;
    for _ in 0..2 {
        workplace.success("run --input raw --only publish --quiet").await;
        assert_eq!(workplace.json("recommend --playlist 3 --k 5 --json").await, published);
    }
    let published = published.as_array().unwrap();
    assert_eq!(published.len(), 5);
    assert!(published.iter().all(|line| line["track"]["track_name"].is_string()), "{published:?}");
    let shown = workplace.success("recommend --playlist 3 --k 5").await.stdout;
    assert!(shown.contains(published[0]["track"]["track_name"].as_str().unwrap()), "{shown}");

    let uri = published[0]["track"]["track_uri"].as_str().unwrap();
    let similar = workplace.json(&format!("recommend --tracks {uri} --k 3 --json")).await;
    assert_eq!(similar["recommendations"].as_array().unwrap().len(), 3, "{similar}");
    let unknown = workplace.run("recommend --tracks spotify:track:0000000000000000000000").await;
    assert_eq!((unknown.code(), unknown.stdout.as_str()), (Some(1), ""), "{unknown:?}");

    // Its ids are dealt anew, and the tables made from them before fit no longer.
    workplace.success("run --input raw --only tracks --full --quiet").await;
    let output = workplace.run("run --input raw --from train --train-seconds 5").await;
    check_failure(&output, 65, &["was made from version 1 of `tracks`, but version 2 is current", "run the step `"]);

    let checks = workplace.success("doctor").await.stdout;
    assert!(checks.contains("OK    segue-model") && checks.contains("libtorch"), "{checks}");
}

/// The database knows how the model was trained and how good it is.
async fn check_recorded_model(workplace: &Workplace) {
    let database = format!("sqlite://{}", workplace.path("data/segue.db").display());
    let store = Store::connect(&database.parse().unwrap(), &StoreOptions::default()).await.unwrap();
    let model = store.latest_model().await.unwrap().unwrap();
    assert_eq!((&model.config["seed"], &model.config["training"]["max_seconds"]), (&Value::from(42), &Value::from(5)));
    let ndcg = model.metrics.pointer("/recommenders/blend/metrics/ndcg_500/mean");
    assert!(ndcg.and_then(Value::as_f64).is_some_and(|ndcg| ndcg > 0.0), "{}", model.metrics);
    assert!(model.metrics["seconds"].is_number() && model.metrics.get("model_id").is_none(), "{}", model.metrics);
}
