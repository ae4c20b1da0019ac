//! The tables of the pipeline.

use pipeline::Step;
use tempfile::TempDir;

use crate::{
    oracle::{Oracle, lines},
    place::{SQL_STEPS, make_slices, open, options, read},
};

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_cluster_equal_single_node_datafusion() {
    let place = TempDir::new().unwrap();
    let input = make_slices(&place.path().join("raw"));
    let workspace = open(place.path(), 2).await;
    pipeline::run(&workspace, &options(&input), &|_: &pipeline::Event| ()).await.unwrap();

    let snapshot = workspace.lake.table("sequences").unwrap().snapshot().await.unwrap();
    let inputs: Vec<(&str, u64)> =
        snapshot.manifest().inputs.iter().map(|(table, version)| (&**table, *version)).collect();
    assert_eq!(inputs, [("playlist_tracks", 1), ("playlists", 1), ("tracks", 1)]);

    let oracle = Oracle::new(&input);
    for step in SQL_STEPS {
        let expected = lines(&oracle.compute(step).await);
        let found = lines(&read(&workspace, step).await);
        assert!(step == Step::Quarantine || expected.len() > 100, "{step} has {} rows", expected.len());
        assert_eq!(found.len(), expected.len(), "{step}");
        assert!(found == expected, "{step} differs");
    }
}
