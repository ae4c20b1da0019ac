//! Held-out rows must not reach what is learnt or counted.

use model::{evaluation::Protocol, training::Dataset};

use crate::fixture::{Row, playlists, small_config, torch, write_lake};
use crate::training::train;

#[tokio::test]
async fn held_out_rows_change_nothing_that_is_learnt_from() {
    let rows = playlists(200, 1);
    let mut changed = rows.clone();
    for row in changed.iter_mut().filter(|row| row.split != "train") {
        disturb(row);
    }
    let (first, second) = (load(&rows).await, load(&changed).await);
    assert_eq!(first.vocabulary.hash(), second.vocabulary.hash());
    assert_eq!(first.vocabulary.train_counts(), second.vocabulary.train_counts());
    assert_eq!(first.train, second.train);
    assert_eq!(first.titles, second.titles);
    assert_eq!(first.neighbours, second.neighbours);
    assert_ne!(first.test, second.test);
    // Training rows do change it.
    let mut changed = rows.clone();
    for row in changed.iter_mut().filter(|row| row.split == "train").take(20) {
        disturb(row);
    }
    assert_ne!(first.vocabulary.train_counts(), load(&changed).await.vocabulary.train_counts());
}

#[tokio::test]
async fn test_rows_change_no_weight() {
    let _torch = torch().await;
    let rows = playlists(150, 2);
    let mut changed = rows.clone();
    for row in changed.iter_mut().filter(|row| row.split == "test") {
        disturb(row);
    }
    let mut config = small_config();
    config.training.epochs = 1;
    let mut models = Vec::new();
    for rows in [&rows, &changed] {
        let folder = tempfile::tempdir().unwrap();
        models.push(train(&write_lake(folder.path(), rows).await, &config).await);
    }
    let weights = models[0].network.weights();
    assert!(models[1].network.weights().iter().all(|(name, tensor)| tensor.equal(&weights[name])));
    assert_eq!(models[0].blend_weight, models[1].blend_weight);
    assert_ne!(models[0].metrics.recommenders["item_knn"].metrics, models[1].metrics.recommenders["item_knn"].metrics);
}

/// Of leave-one-out the last two items of each list are held out, and nothing that is learnt may depend on them.
#[tokio::test]
async fn the_last_two_items_change_nothing_that_is_learnt_from() {
    let rows = playlists(120, 3);
    let mut changed = rows.clone();
    for row in &mut changed {
        let list = if row.holdouts.is_empty() { &mut row.seeds } else { &mut row.holdouts };
        let last_two = list.len() - 2..;
        list[last_two].iter_mut().for_each(|track| *track = (*track * 7 + 3) % 120);
    }
    let (first, second) = (load_leave_one_out(&rows).await, load_leave_one_out(&changed).await);
    assert_eq!(first.vocabulary.hash(), second.vocabulary.hash());
    assert_eq!(first.train, second.train);
    assert_eq!(first.titles, second.titles);
    assert_eq!(first.neighbours, second.neighbours);
    assert_eq!(first.neighbours.len(), 4);
    assert_ne!(first.test, second.test);
    assert_ne!(first.validation, second.validation);
    // The item before those two does.
    let third_last = rows[0].seeds.len() - 3;
    changed[0].seeds[third_last] = 119 - changed[0].seeds[third_last];
    assert_ne!(second.neighbours, load_leave_one_out(&changed).await.neighbours);
}

async fn load_leave_one_out(rows: &[Row]) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), rows).await;
    Dataset::load_for(&lake, Protocol::LeaveOneOut, &small_config()).await.unwrap()
}

/// Other tracks, other title.
fn disturb(row: &mut Row) {
    row.title = Some("something else".to_owned());
    for track in row.seeds.iter_mut().chain(&mut row.holdouts) {
        *track = (*track * 7) % 11;
    }
    row.holdouts.push(119);
}

async fn load(rows: &[Row]) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), rows).await;
    Dataset::load(&lake, &small_config()).await.unwrap()
}
