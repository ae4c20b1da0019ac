//! Sample data.

use std::time::Duration;

use serde_json::json;
use store::{PredictionRow, PredictionSet, RunClaim, RunId, RunOwner, RunStart, SetId, Store};

pub(crate) fn run_id(text: &str) -> RunId {
    text.parse().unwrap()
}

pub(crate) fn set_id(text: &str) -> SetId {
    text.parse().unwrap()
}

pub(crate) fn run_start(id: &str) -> RunStart {
    RunStart {
        run_id: run_id(id),
        pipeline: "nightly".to_owned(),
        triggered_by: "schedule".to_owned(),
        options: json!({"k": 10, "note": "naïve 🎵"}),
        fingerprint: "f1".to_owned(),
    }
}

/// A claim to the one lake, by a process that is patient.
pub(crate) fn claim() -> RunClaim {
    claim_to("s3://bucket/lake")
}

pub(crate) fn claim_to(lake_url: &str) -> RunClaim {
    RunClaim {
        lake_url: lake_url.to_owned(),
        host: "here (process 7)".to_owned(),
        silent_for: Duration::from_secs(3600),
    }
}

/// Starts a run on a lake of its own.
pub(crate) async fn start(store: &Store, start: &RunStart) -> RunOwner {
    store.start_run(start, &claim_to(&format!("s3://bucket/{}", start.run_id))).await.unwrap()
}

pub(crate) fn prediction_set(id: &str) -> PredictionSet {
    PredictionSet { set_id: set_id(id), run_id: Some(run_id("r1")), model_id: "m1".parse().unwrap() }
}

/// Predictions that tell their set by their tracks.
pub(crate) fn predictions(label: &str, playlists: i64, ranks: u16) -> Vec<PredictionRow> {
    let row = |playlist_id, rank_no| PredictionRow {
        playlist_id,
        rank_no,
        track_uri: format!("spotify:track:{label}-{}", (playlist_id * 7 + i64::from(rank_no)) % 1000),
        score: 1.0 / f32::from(rank_no),
    };
    (0..playlists).flat_map(|playlist_id| (1..=ranks).map(move |rank_no| row(playlist_id, rank_no))).collect()
}

/// What `Raw::current_predictions` shows of such predictions.
pub(crate) fn shown(rows: &[PredictionRow]) -> Vec<String> {
    rows.iter().map(|row| format!("{}/{}/{}", row.playlist_id, row.rank_no, row.track_uri)).collect()
}

/// Begins, loads and publishes a set.
pub(crate) async fn publish(store: &Store, id: &str, playlists: i64, ranks: u16) -> Vec<PredictionRow> {
    let rows = predictions(id, playlists, ranks);
    store.begin_set(&prediction_set(id)).await.unwrap();
    store.load(&set_id(id), &rows).await.unwrap();
    store.publish(&set_id(id), rows.len() as u64, playlists.unsigned_abs()).await.unwrap();
    rows
}
