//! Leave-one-out from the lake to the figures, and the figures beside an implementation of their own in Python.

use std::{io::Write, process::Stdio};

use model::{
    data::TrackId,
    evaluation::Protocol,
    metrics::{Judgement, Metric, continuation, leave_one_out},
    training::{Dataset, SilentProgress, train_model},
};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use tch::Device;

use crate::fixture::{playlists, small_config, torch, write_lake};

#[tokio::test]
async fn next_items_are_found_where_order_is_the_rule() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(400, 21)).await;
    let mut config = small_config();
    config.training.epochs = 5;
    let dataset = Dataset::load_for(&lake, Protocol::LeaveOneOut, &config).await.unwrap();
    assert_eq!(dataset.train.len(), 400);
    assert!(dataset.train.rows().all(|list| list.len() == 14));
    let metrics = train_model(dataset, &config, Device::Cpu, None, &mut SilentProgress).unwrap().metrics;
    let hits = |name: &str| metrics.recommenders[name].metrics["hit_rate_10"];
    // The next track of the circle follows nine times out of ten, where it has not been there before.
    assert!(hits("network").low > hits("popularity").high, "{metrics:?}");
    assert!(hits("item_knn").low > hits("popularity").high, "{metrics:?}");
    assert!(metrics.blend.validation >= metrics.item_knn.validation);
    let names: Vec<&str> = metrics.recommenders["blend"].metrics.keys().map(String::as_str).collect();
    assert_eq!(names, ["hit_rate_10", "hit_rate_20", "hit_rate_5", "mrr_10", "ndcg_10"]);
}

/// Random lists and random hidden tracks, judged here and by `metrics.py`, which shares nothing with this crate.
#[test]
fn metrics_equal_those_of_another_implementation() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut artists = model::data::ArtistIndex::default();
    (0..900).for_each(|track| artists.insert(TrackId(track), &(track / 7).to_string()));
    let mut cases = Vec::new();
    let mut own: Vec<Vec<f64>> = Vec::new();
    for _ in 0..200 {
        let mut tracks: Vec<u32> = (0..900).collect();
        tracks.shuffle(&mut random);
        let ranked = tracks[..random.random_range(0..=500)].to_vec();
        tracks.shuffle(&mut random);
        let hidden = tracks[..random.random_range(1..=60)].to_vec();
        let ids = |tracks: &[u32]| tracks.iter().copied().map(TrackId).collect::<Vec<_>>();
        let (ranked_ids, hidden_ids) = (ids(&ranked), ids(&hidden));
        let judgement = Judgement::new(&ranked_ids, &hidden_ids, &artists);
        let metrics = continuation().into_iter().chain(leave_one_out());
        own.push(metrics.map(|metric: &dyn Metric| metric.value(&judgement)).collect());
        cases.push(serde_json::json!({ "ranked": ranked, "hidden": hidden }));
    }
    let others: Vec<Vec<f64>> = serde_json::from_slice(&python(&serde_json::to_vec(&cases).unwrap())).unwrap();
    assert_eq!(own.len(), others.len());
    for (own, other) in own.iter().flatten().zip(others.iter().flatten()) {
        assert!((own - other).abs() < 1e-12, "{own} here, {other} there");
    }
    assert!(own.iter().any(|values| values[0] > 0.0) && own.iter().all(|values| values.len() == 11));
}

fn python(input: &[u8]) -> Vec<u8> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/metrics.py");
    let mut child =
        std::process::Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}
