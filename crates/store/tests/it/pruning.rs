//! Pruning superseded sets.

use store::{SetState, Store};

use crate::databases::on_each_database;
use crate::samples::{prediction_set, predictions, publish, set_id, shown};

async fn sets(store: &Store) -> Vec<String> {
    store.list_sets(100).await.unwrap().into_iter().map(|set| set.set_id.to_string()).collect()
}

#[tokio::test]
async fn the_last_sets_stay_and_older_ones_go() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["s1", "s2", "s3", "s4"] {
            publish(&store, id, 3, 2).await;
        }
        assert_eq!(store.prune(9).await.unwrap(), []);
        assert_eq!(store.prune(3).await.unwrap(), [set_id("s1")]);
        assert_eq!(store.prune(2).await.unwrap(), [set_id("s2")]);
        assert_eq!(sets(&store).await, ["s4", "s3"]);
        let mut raw = database.raw().await;
        assert_eq!(raw.number("SELECT COUNT(*) FROM predictions").await, 12);
        assert_eq!(raw.current_predictions().await, shown(&predictions("s4", 3, 2)));
    })
    .await;
}

#[tokio::test]
async fn the_current_set_stays_even_when_it_is_old() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["s1", "s2", "s3"] {
            publish(&store, id, 3, 2).await;
        }
        store.roll_back(&set_id("s1")).await.unwrap();
        assert_eq!(store.prune(0).await.unwrap(), [set_id("s2"), set_id("s3")]);
        assert_eq!(sets(&store).await, ["s1"]);
        assert_eq!(database.raw().await.current_predictions().await, shown(&predictions("s1", 3, 2)));
    })
    .await;
}

#[tokio::test]
async fn sets_that_may_still_be_published_stay() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["dead", "next"] {
            if id == "next" {
                publish(&store, "s1", 3, 2).await;
            }
            store.begin_set(&prediction_set(id)).await.unwrap();
            store.load(&set_id(id), &predictions(id, 3, 2)).await.unwrap();
        }
        assert_eq!(store.prune(1).await.unwrap(), [set_id("dead")]);
        assert_eq!(sets(&store).await, ["next", "s1"]);
        store.publish(&set_id("next"), 6, 3).await.unwrap();
        assert_eq!(store.current_set().await.unwrap().unwrap().set_id, set_id("next"));
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_prune_is_finished_by_the_next_one() {
    on_each_database(async |database| {
        let store = database.store().await;
        for id in ["s1", "s2"] {
            publish(&store, id, 3, 2).await;
        }
        let mut raw = database.raw().await;
        raw.execute("UPDATE prediction_sets SET state = 'pruning' WHERE set_id = 's1'").await;
        raw.execute("DELETE FROM predictions WHERE set_no = 1 AND playlist_id = 0").await;
        let refused = store.roll_back(&set_id("s1")).await.unwrap_err();
        assert_eq!(refused.to_string(), "prediction set `s1` is pruning, not loading: begin a new set");
        assert!(store.begin_set(&prediction_set("s1")).await.is_err());
        assert_eq!(store.prune(5).await.unwrap(), [set_id("s1")]);
        assert_eq!(raw.number("SELECT COUNT(*) FROM predictions WHERE set_no = 1").await, 0);
        assert_eq!(store.begin_set(&prediction_set("s1")).await.unwrap(), SetState::Loading);
    })
    .await;
}

#[tokio::test]
async fn large_sets_are_deleted_in_parts() {
    on_each_database(async |database| {
        let store = database.store().await;
        publish(&store, "s1", 5000, 10).await;
        publish(&store, "s2", 1, 1).await;
        assert_eq!(store.prune(1).await.unwrap(), [set_id("s1")]);
        assert_eq!(database.raw().await.number("SELECT COUNT(*) FROM predictions").await, 1);
    })
    .await;
}
