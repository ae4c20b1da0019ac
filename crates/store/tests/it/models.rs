//! Trained models.

use serde_json::json;
use store::{Error, ModelRecord};

use crate::databases::on_each_database;

fn model(id: &str, created_at_us: i64) -> ModelRecord {
    ModelRecord {
        model_id: id.parse().unwrap(),
        created_at_us,
        lake_url: format!("s3://lake/models/{id}"),
        metrics: json!({"recall@10": 0.1 + 0.2, "split": "test"}),
        config: json!({"layers": [64, 64]}),
    }
}

#[tokio::test]
async fn models_are_recorded_once_and_the_newest_is_found() {
    on_each_database(async |database| {
        let store = database.store().await;
        assert_eq!(store.latest_model().await.unwrap(), None);
        for (id, created_at_us) in [("b", 20), ("a", 30), ("c", 10)] {
            store.record_model(&model(id, created_at_us)).await.unwrap();
        }
        store.record_model(&model("a", 30)).await.unwrap();
        assert_eq!(store.latest_model().await.unwrap(), Some(model("a", 30)));
        let listed = store.list_models(10).await.unwrap();
        assert_eq!(listed, [model("a", 30), model("b", 20), model("c", 10)]);

        let changed = ModelRecord { metrics: json!({"recall@10": 0.4}), ..model("a", 30) };
        let refused = store.record_model(&changed).await.unwrap_err();
        assert!(matches!(refused, Error::ModelExists { .. }), "{refused}");
        assert_eq!(store.latest_model().await.unwrap(), Some(model("a", 30)));
    })
    .await;
}

#[tokio::test]
async fn credentials_in_the_lake_url_are_not_stored() {
    on_each_database(async |database| {
        let store = database.store().await;
        let lake_url = "https://key:hunter2@host/models/a?X-Amz-Signature=hunter2".to_owned();
        store.record_model(&ModelRecord { lake_url, ..model("a", 1) }).await.unwrap();
        assert_eq!(store.latest_model().await.unwrap().unwrap().lake_url, "https://host/models/a");
    })
    .await;
}
