//! Publishing: all at once, once, and only what was verified.

use store::{Error, PredictionRow, Store};

use crate::databases::on_each_database;
use crate::samples::{prediction_set, predictions, publish, set_id, shown};

#[tokio::test]
async fn nothing_is_current_before_the_first_publication() {
    on_each_database(async |database| {
        let store = database.store().await;
        assert_eq!(store.current_set().await.unwrap(), None);
        store.begin_set(&prediction_set("s1")).await.unwrap();
        store.load(&set_id("s1"), &predictions("s1", 2, 2)).await.unwrap();
        assert_eq!(store.current_set().await.unwrap(), None);
        assert!(store.recommendations(0, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn publishing_twice_changes_nothing() {
    on_each_database(async |database| {
        let store = database.store().await;
        let rows = publish(&store, "s1", 3, 4).await;
        let before = store.current_set().await.unwrap().unwrap();
        assert_eq!((before.set_id.as_str(), before.rows, before.playlists), ("s1", Some(12), Some(3)));
        let again = store.publish(&set_id("s1"), 12, 3).await.unwrap();
        assert!(!again.changed);
        assert_eq!(Some(again.published_at_us), before.published_at_us);
        assert_eq!(store.current_set().await.unwrap(), Some(before));
        let miscounted = store.publish(&set_id("s1"), 13, 3).await.unwrap_err();
        assert!(matches!(miscounted, Error::CountMismatch { .. }), "{miscounted}");
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn sets_that_are_not_as_expected_are_refused() {
    on_each_database(async |database| {
        let store = database.store().await;
        let old = publish(&store, "old", 2, 2).await;
        let rows = predictions("new", 3, 4);
        let without = |playlist_id: i64, rank_no: u16| -> Vec<PredictionRow> {
            let kept = |row: &&PredictionRow| (row.playlist_id, row.rank_no) != (playlist_id, rank_no);
            rows.iter().filter(kept).cloned().collect()
        };
        check_refused(&store, &rows, (13, 3), "prediction set `new` has 12 rows, expected 13: load it again").await;
        check_refused(&store, &rows, (12, 4), "prediction set `new` has 3 playlists, expected 4: load it again").await;
        check_refused(&store, &[], (0, 0), "prediction set `new` is empty: load it before it is published").await;
        let gap = "playlist `1` of prediction set `new` has a gap in its ranks: load it again";
        check_refused(&store, &without(1, 2), (11, 3), gap).await;
        check_refused(&store, &without(1, 1), (11, 3), gap).await;
        let unknown = store.publish(&set_id("other"), 1, 1).await.unwrap_err();
        assert!(matches!(unknown, Error::UnknownSet { .. }), "{unknown}");
        assert_eq!(database.raw().await.current_predictions().await, shown(&old));
        // The last rank may be missing: lists need not be equally long.
        load_again(&store, &without(1, 4)).await;
        store.publish(&set_id("new"), 11, 3).await.unwrap();
        assert_eq!(database.raw().await.current_predictions().await, shown(&without(1, 4)));
    })
    .await;
}

async fn check_refused(store: &Store, rows: &[PredictionRow], (expected_rows, playlists): (u64, u64), text: &str) {
    load_again(store, rows).await;
    let error = store.publish(&set_id("new"), expected_rows, playlists).await.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(store.current_set().await.unwrap().unwrap().set_id, set_id("old"));
}

async fn load_again(store: &Store, rows: &[PredictionRow]) {
    store.begin_set(&prediction_set("new")).await.unwrap();
    store.load(&set_id("new"), rows).await.unwrap();
}

#[tokio::test]
async fn readers_do_not_go_back_in_time_unless_on_purpose() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.begin_set(&prediction_set("late")).await.unwrap();
        store.load(&set_id("late"), &predictions("late", 1, 1)).await.unwrap();
        let first = publish(&store, "first", 2, 2).await;
        let second = publish(&store, "second", 2, 2).await;
        let mut raw = database.raw().await;
        for id in ["late", "first"] {
            let error = store.publish(&set_id(id), 1, 1).await.unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "prediction set `{id}` is older than the current set `second`: \
                     publish a new set, or roll back on purpose"
                ),
            );
        }
        let begun = store.begin_set(&prediction_set("late")).await.unwrap_err();
        assert!(matches!(begun, Error::SetSuperseded { .. }), "{begun}");
        let unpublished = store.roll_back(&set_id("late")).await.unwrap_err();
        assert!(matches!(unpublished, Error::SetClosed { .. }), "{unpublished}");
        assert_eq!(raw.current_predictions().await, shown(&second));

        let rolled_back = store.roll_back(&set_id("first")).await.unwrap();
        assert!(rolled_back.changed && rolled_back.rows == 4);
        assert!(!store.roll_back(&set_id("first")).await.unwrap().changed);
        assert_eq!(raw.current_predictions().await, shown(&first));
        publish(&store, "third", 2, 2).await;
        assert_eq!(store.current_set().await.unwrap().unwrap().set_id, set_id("third"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_publish_at_once_the_newest_wins() {
    on_each_database(async |database| {
        let store = database.store().await;
        let ids: Vec<String> = (0..6).map(|n| format!("s{n}")).collect();
        for id in &ids {
            store.begin_set(&prediction_set(id)).await.unwrap();
            store.load(&set_id(id), &predictions(id, 50, 5)).await.unwrap();
        }
        let publish_all = ids.iter().map(|id| {
            let (store, id) = (store.clone(), set_id(id));
            tokio::spawn(async move { store.publish(&id, 250, 50).await })
        });
        for publication in publish_all.collect::<Vec<_>>() {
            match publication.await.unwrap() {
                Ok(published) => assert!(published.changed),
                Err(error) => assert!(matches!(error, Error::SetSuperseded { .. }), "{error}"),
            }
        }
        assert_eq!(database.raw().await.current_predictions().await, shown(&predictions("s5", 50, 5)));
    })
    .await;
}
