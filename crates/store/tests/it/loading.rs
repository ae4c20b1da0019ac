//! Loading predictions: repeated, interrupted, in parallel.

use store::{Error, PredictionRow, PredictionSet, SetState};

use crate::databases::on_each_database;
use crate::samples::{prediction_set, predictions, publish, run_id, set_id, shown};

#[tokio::test]
async fn loading_the_same_set_again_replaces_its_rows() {
    on_each_database(async |database| {
        let store = database.store().await;
        let id = set_id("s1");
        store.begin_set(&prediction_set("s1")).await.unwrap();
        // More than one transaction, with playlists that the second attempt does not have.
        store.load(&id, &predictions("old", 2500, 10)).await.unwrap();
        assert_eq!(store.begin_set(&prediction_set("s1")).await.unwrap(), SetState::Loading);
        let rows = predictions("new", 300, 10);
        store.load(&id, &rows).await.unwrap();
        store.load(&id, &rows).await.unwrap();
        store.publish(&id, 3000, 300).await.unwrap();
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn whichever_run_brings_a_set_it_is_the_same_set() {
    on_each_database(async |database| {
        let store = database.store().await;
        let by = |run: &str| PredictionSet { run_id: Some(run_id(run)), ..prediction_set("s1") };
        let rows = predictions("s1", 3, 2);
        store.begin_set(&by("r1")).await.unwrap();
        store.load(&set_id("s1"), &rows[..2]).await.unwrap();

        assert_eq!(store.begin_set(&by("r2")).await.unwrap(), SetState::Loading, "the first run left it unfinished");
        store.load(&set_id("s1"), &rows).await.unwrap();
        assert!(store.publish(&set_id("s1"), 6, 3).await.unwrap().changed);
        let published = store.current_set().await.unwrap().unwrap();
        assert_eq!(published.run_id, Some(run_id("r2")));

        assert_eq!(store.begin_set(&by("r3")).await.unwrap(), SetState::Published);
        assert!(!store.publish(&set_id("s1"), 6, 3).await.unwrap().changed);
        assert_eq!(store.current_set().await.unwrap(), Some(published));
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn rows_are_read_as_they_were_loaded() {
    on_each_database(async |database| {
        let store = database.store().await;
        let rows = publish(&store, "s1", 3, 20).await;
        let read = store.recommendations(1, 7).await.unwrap();
        let expected = &rows[20..27];
        assert_eq!(read.len(), expected.len());
        for (found, loaded) in read.iter().zip(expected) {
            assert_eq!((found.rank_no, &found.track.track_uri), (loaded.rank_no, &loaded.track_uri));
            assert_eq!(found.score.to_bits(), loaded.score.to_bits());
        }
        assert!(store.recommendations(99, 7).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_load_leaves_the_old_set_current() {
    on_each_database(async |database| {
        let store = database.store().await;
        let old = publish(&store, "old", 5, 4).await;
        store.begin_set(&prediction_set("new")).await.unwrap();
        let rows = predictions("new", 40_000, 5);
        let loading = tokio::spawn({
            let (store, rows) = (store.clone(), rows.clone());
            async move { store.load(&set_id("new"), &rows).await }
        });
        let mut raw = database.raw().await;
        let loaded = "SELECT COUNT(*) FROM predictions JOIN prediction_sets \
             ON prediction_sets.set_no = predictions.set_no AND prediction_sets.set_id = 'new'";
        while raw.number(loaded).await == 0 {
            assert!(!loading.is_finished(), "the load ended without a row");
            tokio::task::yield_now().await;
        }
        loading.abort();
        assert!(loading.await.unwrap_err().is_cancelled(), "the load must not have ended before");
        assert_eq!(raw.current_predictions().await, shown(&old));
        let refused = store.publish(&set_id("new"), rows.len() as u64, 40_000).await.unwrap_err();
        assert!(matches!(refused, Error::CountMismatch { what: "rows", .. }), "{refused}");

        store.begin_set(&prediction_set("new")).await.unwrap();
        store.load(&set_id("new"), &rows).await.unwrap();
        assert!(store.publish(&set_id("new"), rows.len() as u64, 40_000).await.unwrap().changed);
        assert_eq!(raw.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn parts_of_a_set_can_be_loaded_at_once() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.begin_set(&prediction_set("s1")).await.unwrap();
        let rows = predictions("s1", 2000, 10);
        let loads: Vec<_> = rows
            .chunks(2500)
            .map(|part| {
                let (store, part) = (store.clone(), part.to_vec());
                tokio::spawn(async move { store.load(&set_id("s1"), &part).await })
            })
            .collect();
        for load in loads {
            load.await.unwrap().unwrap();
        }
        store.publish(&set_id("s1"), 20_000, 2000).await.unwrap();
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn rows_go_only_into_a_set_that_is_loading() {
    on_each_database(async |database| {
        let store = database.store().await;
        let rows = predictions("s1", 1, 1);
        let unknown = store.load(&set_id("s1"), &rows).await.unwrap_err();
        assert_eq!(unknown.to_string(), "there is no prediction set `s1`: begin it first");
        publish(&store, "s1", 1, 1).await;
        let closed = store.load(&set_id("s1"), &rows).await.unwrap_err();
        assert_eq!(closed.to_string(), "prediction set `s1` is published, not loading: begin a new set");
        assert_eq!(store.begin_set(&prediction_set("s1")).await.unwrap(), SetState::Published);
        let other = PredictionSet { model_id: "m2".parse().unwrap(), ..prediction_set("s1") };
        let exists = store.begin_set(&other).await.unwrap_err();
        assert!(matches!(exists, Error::SetExists { .. }), "{exists}");
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn rows_that_cannot_be_stored_are_refused_by_name() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.begin_set(&prediction_set("s1")).await.unwrap();
        let row = predictions("s1", 1, 1).remove(0);
        for (bad, field) in [
            (PredictionRow { playlist_id: -1, ..row.clone() }, "playlist_id"),
            (PredictionRow { rank_no: 0, ..row.clone() }, "rank_no"),
            (PredictionRow { score: f32::NAN, ..row.clone() }, "score"),
            (PredictionRow { track_uri: String::new(), ..row.clone() }, "track_uri"),
        ] {
            let error = store.load(&set_id("s1"), &[row.clone(), bad]).await.unwrap_err();
            let refused = matches!(error, Error::InvalidValue { field: found, .. } if found == field);
            assert!(refused, "{field}: {error}");
        }
        assert_eq!(database.raw().await.number("SELECT COUNT(*) FROM predictions").await, 0);
    })
    .await;
}
