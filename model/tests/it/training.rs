//! Whole training runs on datasets from a lake.

use std::collections::BTreeMap;

use lake::Lake;
use model::{
    artefact::Model,
    config::{EncoderKind, ModelConfig},
    data::Item,
    network::NetworkRecommender,
    recommender::{Query, rank},
    training::{Dataset, SilentProgress, StopReason, train_model},
};
use tch::{Device, Tensor};

use crate::fixture::{playlists, small_config, torch, write_lake};

#[tokio::test]
async fn equal_seeds_give_equal_models() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 1)).await;
    let mut config = small_config();
    config.network.dropout = Some(0.2);
    config.training.epochs = 1;
    let (first, second) = (train(&lake, &config).await, train(&lake, &config).await);
    assert_eq!(losses(&first), losses(&second));
    assert!(equal(&first.network.weights(), &second.network.weights()));
    config.seed += 1;
    let third = train(&lake, &config).await;
    assert!(!equal(&first.network.weights(), &third.network.weights()));
}

fn losses(model: &Model) -> Vec<f64> {
    model.metrics.training.history.iter().map(|point| point.loss).collect()
}

fn equal(left: &BTreeMap<String, Tensor>, right: &BTreeMap<String, Tensor>) -> bool {
    left.keys().eq(right.keys()) && left.iter().all(|(name, tensor)| tensor.equal(&right[name]))
}

#[tokio::test]
async fn the_rule_is_learnt() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(600, 2)).await;
    for (encoder, full_softmax_max_items) in
        [(EncoderKind::Transformer, 2_000), (EncoderKind::Transformer, 0), (EncoderKind::Gru, 0)]
    {
        let mut config = small_config();
        config.network.encoder = encoder;
        config.loss.full_softmax_max_items = full_softmax_max_items;
        config.loss.negatives = 64;
        config.training.epochs = 6;
        let model = train(&lake, &config).await;
        let share = share_of_right_successors(&model);
        assert!(share > 0.9, "{encoder:?} with {}: {share}", model.metrics.training.objective);
    }
}

/// Share of tracks after which the network expects the next of the circle. By chance it would be 1 in 120.
fn share_of_right_successors(model: &Model) -> f64 {
    let item = |track: i64| model.vocabulary.item(&crate::fixture::track_uri(track)).unwrap();
    let successor = |track: i64| track / 20 * 20 + (track + 1) % 20;
    let queries: Vec<Query> = (0..120)
        .map(|track| {
            let before = track / 20 * 20 + (track + 19) % 20;
            Query { seeds: vec![item(before), item(track)], title: None }
        })
        .collect();
    let lists = rank(&NetworkRecommender::try_new(&model.network).unwrap(), &queries, 1).unwrap();
    let right = (0..120).zip(&lists).filter(|&(track, list)| list[0].item == item(successor(track))).count();
    right as f64 / 120.0
}

#[tokio::test]
async fn network_beats_popularity_and_metrics_are_complete() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(600, 3)).await;
    let model = train(&lake, &small_config()).await;
    let metrics = &model.metrics;
    let ndcg = |name: &str| metrics.recommenders[name].metrics["ndcg_500"];
    assert!(ndcg("network").low > ndcg("popularity").high, "{metrics:?}");
    assert!(ndcg("item_knn").low > ndcg("popularity").high);
    assert!(ndcg("title").low > ndcg("popularity").high);
    assert!(ndcg("blend").low > ndcg("popularity").high);
    for measured in metrics.recommenders.values() {
        assert_eq!(measured.metrics.len(), 6);
        assert!(
            measured.metrics.values().all(|interval| interval.low <= interval.mean && interval.mean <= interval.high)
        );
    }
    assert_eq!((metrics.playlists.train, metrics.playlists.validation), (480, 60));
    assert!(metrics.playlists.test + metrics.playlists.nothing_hidden >= 60);
    assert_eq!(metrics.comparisons.len(), 5);
    // The fixture's rule is one of order, so a list in random order is worth less.
    let shuffled = metrics.comparisons.iter().find(|compared| compared.recommender == "network_shuffled").unwrap();
    assert_eq!(shuffled.baseline, "network");
    assert!(shuffled.differences["ndcg_500"].high < 0.0, "{shuffled:?}");
    assert_eq!(metrics.training.stopped_by, StopReason::Epochs);
}

#[tokio::test]
async fn a_spent_budget_is_told() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(400, 4)).await;
    let mut config = small_config();
    config.training.epochs = 100_000;
    config.training.patience = u32::MAX;
    config.training.max_seconds = 1;
    let training = train(&lake, &config).await.metrics.training;
    assert_eq!(training.stopped_by, StopReason::TimeBudget);
    assert!(training.seconds >= 1.0 && training.epochs < 100_000);
}

#[tokio::test]
async fn training_stops_when_validation_does_not_improve() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 5)).await;
    let mut config = small_config();
    config.training.epochs = 1_000;
    config.training.patience = 2;
    config.optimiser.learning_rate = 0.05;
    let training = train(&lake, &config).await.metrics.training;
    assert_eq!(training.stopped_by, StopReason::EarlyStopping);
    let best = training.history.iter().map(|point| point.validation).fold(0.0, f64::max);
    assert_eq!(training.best_validation, best);
    assert_eq!(training.history.len(), training.epochs as usize);
    let best_point = training.history.iter().find(|point| point.step == training.best_step).unwrap();
    assert_eq!(best_point.validation, best);
}

#[tokio::test]
async fn what_cannot_be_trained_on_is_named() {
    let rows = playlists(40, 6);
    let without = |split: &str| rows.iter().filter(|row| row.split != split).cloned().collect::<Vec<_>>();
    check_refused(&without("train"), "no row with split = 'train'").await;
    check_refused(&without("validation"), "no row with split = 'validation'").await;
    check_refused(&without("test"), "no row with split = 'test'").await;
    let mut odd = rows.clone();
    odd[0].split = "dev";
    check_refused(&odd, "column `split`: expected `train`, `validation` or `test`, found `dev`").await;
    let mut negative = rows.clone();
    negative[0].seeds[0] = -1;
    check_refused(&negative, "column `seed_track_ids`: expected track ids from 0 to 4294967295").await;
    let mut unknown = rows.clone();
    for row in unknown.iter_mut().filter(|row| row.split == "train") {
        row.seeds.push(5_000);
    }
    check_refused(&unknown, "table `tracks` has no track_id 5000").await;
}

async fn check_refused(rows: &[crate::fixture::Row], expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), rows).await;
    let error = Dataset::load(&lake, &small_config()).await.unwrap_err();
    assert_eq!(error.exit_code(), 65, "{error}");
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn popularity_is_the_order_of_the_vocabulary() {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 7)).await;
    let dataset = Dataset::load(&lake, &small_config()).await.unwrap();
    let counts = dataset.vocabulary.train_counts();
    assert!(counts.is_sorted_by(|left, right| left >= right));
    let first = dataset.vocabulary.track(Item(0));
    assert_eq!(Some(Item(0)), dataset.vocabulary.item(&first.track_uri));
}

pub(crate) async fn train(lake: &Lake, config: &ModelConfig) -> Model {
    let dataset = Dataset::load(lake, config).await.unwrap();
    train_model(dataset, config, Device::Cpu, None, &mut SilentProgress).unwrap()
}
