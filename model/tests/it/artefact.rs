//! Models as files.

use lake::Lake;
use model::{
    Error,
    artefact::{self, FileRecord, Manifest, Model, ModelId, ModelSelector},
    data::Item,
    recommender::{Query, Recommender},
};
use object_store::ObjectStoreExt;
use serde_json::{Value, json};
use tch::Device;

use crate::{
    fixture::{add_factors, playlists, small_config, torch, write_lake},
    training::train,
};

#[tokio::test]
async fn a_loaded_model_scores_as_the_saved_one() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, mut model) = trained(folder.path()).await;
    add_factors(&mut model);
    let manifest = artefact::save(&lake, &model).await.unwrap();
    let (found, loaded) = artefact::load(&lake, manifest.model_id, Device::Cpu).await.unwrap();
    assert_eq!(found, manifest);
    assert_eq!(manifest.format_version, 3, "older programs must not leave the factorisation out");
    assert_eq!((&loaded.config, loaded.blend_weight), (&model.config, model.blend_weight));
    assert_eq!((&loaded.titles, &loaded.neighbours), (&model.titles, &model.neighbours));
    assert_eq!(loaded.vocabulary.tracks(), model.vocabulary.tracks());
    let queries = [
        Query { seeds: vec![Item(3), Item(50), Item(7)], title: Some("scene 2".to_owned()) },
        Query { seeds: vec![], title: Some("unheard of".to_owned()) },
    ];
    let scores = |model: &Model| {
        let recommenders = model.recommenders().unwrap();
        let blend = recommenders.blend().unwrap();
        let all: [&dyn Recommender; 5] =
            [&recommenders.popularity, &recommenders.title, &recommenders.knn, &recommenders.network, &blend];
        all.map(|recommender| recommender.score(&queries).unwrap())
    };
    for (before, after) in scores(&model).iter().zip(&scores(&loaded)) {
        assert!(before.equal(after));
    }
}

#[tokio::test]
async fn the_latest_complete_model_is_found() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, model) = trained(folder.path()).await;
    let latest = || artefact::resolve(&lake, ModelSelector::Latest);
    assert!(matches!(latest().await, Err(Error::NoModels { .. })));
    let first = artefact::save(&lake, &model).await.unwrap();
    let second = artefact::save(&lake, &model).await.unwrap();
    assert_eq!(latest().await.unwrap(), second.model_id);
    // Without its last file a model does not exist.
    lake.object_store().delete(&path(&lake, second.model_id, "artefact.json")).await.unwrap();
    assert_eq!(latest().await.unwrap(), first.model_id);
    let listed: Vec<ModelId> = artefact::list(&lake).await.unwrap().iter().map(|manifest| manifest.model_id).collect();
    assert_eq!(listed, [first.model_id]);
    let error = artefact::resolve(&lake, ModelSelector::Id(second.model_id)).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchModel { .. }), "{error}");
    let error = artefact::load(&lake, second.model_id, Device::Cpu).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchModel { .. }), "{error}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, mut model) = trained(folder.path()).await;
    add_factors(&mut model);
    let saved = artefact::save(&lake, &model).await.unwrap();
    let check = async |file: &str, change: fn(&mut Value), expected: &str| {
        let id = copy(&lake, &saved).await;
        change_json(&lake, id, file, change).await;
        let error = artefact::load(&lake, id, Device::Cpu).await.unwrap_err();
        assert_eq!(error.exit_code(), 65);
        assert!(error.to_string().contains(expected), "`{error}` does not say `{expected}`");
    };
    check(
        "artefact.json",
        |json| json["format_version"] = json!(99),
        "has artefact format 99, this segue-model reads formats up to 3",
    )
    .await;
    check(
        "artefact.json",
        |json| json["vocabulary_sha256"] = json!("00"),
        "does not fit its weights: expected hash 00, found",
    )
    .await;
    check("artefact.json", |json| json["files"]["titles.parquet"]["bytes"] = json!(1), "`titles.parquet` of model")
        .await;
    check("config.json", |json| json["items"] = json!(7), "does not fit its weights").await;
    check(
        "config.json",
        |json| json["config"]["network"]["dimension"] = json!(8),
        "should be Float [8], found Float [16]",
    )
    .await;
    check("config.json", |json| json["config"]["network"]["blocks"] = json!(2), "found nothing").await;
    check("config.json", |json| json["als"]["dimension"] = json!(7), "tensor `factors` should be Float [120, 7]").await;
    check("config.json", |json| json["config"]["network"]["encoder"] = json!("gru"), "found nothing").await;
}

#[tokio::test]
async fn a_replaced_file_is_noticed() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, mut model) = trained(folder.path()).await;
    add_factors(&mut model);
    let saved = artefact::save(&lake, &model).await.unwrap();
    for file in saved.files.keys() {
        let id = copy(&lake, &saved).await;
        lake.object_store().put(&path(&lake, id, file), b"{}".to_vec().into()).await.unwrap();
        let error = artefact::load(&lake, id, Device::Cpu).await.unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{file}: {error}");
        assert!(error.to_string().contains(file.as_str()) && error.to_string().contains("found 2 bytes"), "{error}");
    }
}

async fn trained(folder: &std::path::Path) -> (Lake, Model) {
    let lake = write_lake(folder, &playlists(150, 9)).await;
    let mut config = small_config();
    config.training.epochs = 1;
    let model = train(&lake, &config).await;
    (lake, model)
}

fn path(lake: &Lake, id: ModelId, file: &str) -> object_store::path::Path {
    lake.path(&format!("models/{id}/{file}"))
}

/// Copies a model under a new name.
async fn copy(lake: &Lake, manifest: &Manifest) -> ModelId {
    let id = ModelId::new();
    let store = lake.object_store();
    for file in manifest.files.keys().map(String::as_str).chain(["artefact.json"]) {
        store.copy(&path(lake, manifest.model_id, file), &path(lake, id, file)).await.unwrap();
    }
    change_json(lake, id, "artefact.json", |_| {}).await;
    id
}

/// Changes a JSON file of a model, and puts the record of it right.
async fn change_json(lake: &Lake, id: ModelId, file: &str, change: impl Fn(&mut Value)) {
    let mut value = read_json(lake, id, file).await;
    change(&mut value);
    let content = serde_json::to_vec(&value).unwrap();
    let mut manifest = if file == "artefact.json" { value } else { read_json(lake, id, "artefact.json").await };
    manifest["model_id"] = json!(id);
    if file != "artefact.json" {
        manifest["files"][file] = json!(FileRecord::of(&content));
        lake.object_store().put(&path(lake, id, file), content.into()).await.unwrap();
    }
    let content = serde_json::to_vec(&manifest).unwrap();
    lake.object_store().put(&path(lake, id, "artefact.json"), content.into()).await.unwrap();
}

async fn read_json(lake: &Lake, id: ModelId, file: &str) -> Value {
    let found = lake.object_store().get(&path(lake, id, file)).await.unwrap();
    serde_json::from_slice(&found.bytes().await.unwrap()).unwrap()
}
