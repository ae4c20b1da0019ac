//! Held-out rows must not reach what is learnt or counted.

use model::training::Dataset;

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
