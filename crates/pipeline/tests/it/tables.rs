//! The tables of the pipeline.

use std::path::Path;

use arrow::array::RecordBatch;
use cluster::ClusterAddress;
use futures::TryStreamExt;
use pipeline::{RunOptions, Step, Workspace};
use sample::SampleOptions;
use tempfile::TempDir;
use udfs::{scan::BadInput, session::EngineOptions};
use url::Url;

use crate::oracle::{Oracle, lines};

const SQL_STEPS: [Step; 6] =
    [Step::Quarantine, Step::Playlists, Step::PlaylistTracks, Step::Tracks, Step::Sequences, Step::TrackCooccurrence];

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_cluster_equal_single_node_datafusion() {
    let place = TempDir::new().unwrap();
    let input = make_slices(&place.path().join("raw"));
    let workspace = open(place.path(), 2).await;
    pipeline::run(&workspace, &options(&input), &|_: &pipeline::Event| ()).await.unwrap();

    let oracle = Oracle::new(&input);
    for step in SQL_STEPS {
        let expected = lines(&oracle.compute(step).await);
        let found = lines(&read(&workspace, step).await);
        assert!(step == Step::Quarantine || expected.len() > 100, "{step} has {} rows", expected.len());
        assert_eq!(found.len(), expected.len(), "{step}");
        assert!(found == expected, "{step} differs");
    }
}

fn make_slices(folder: &Path) -> Url {
    let options = SampleOptions { slices: 3, playlists_per_slice: 60, tracks: 3_000, ..SampleOptions::default() };
    sample::write_slices(folder, &options, &|_| ()).unwrap();
    Url::from_file_path(folder).unwrap()
}

fn options(input: &Url) -> RunOptions {
    RunOptions {
        input: input.clone(),
        bad_input: BadInput::Fail,
        steps: SQL_STEPS.to_vec(),
        fresh: false,
        predictions: 10,
        keep_sets: 3,
        seed: 1,
        train_seconds: None,
        model_config: None,
        model_binary: "segue-model".into(),
        triggered_by: "test".to_owned(),
    }
}

async fn open(place: &Path, vcores: usize) -> Workspace {
    let database = format!("sqlite://{}", place.join("segue.db").display()).parse().unwrap();
    let lake = place.join("lake").display().to_string();
    let engine = EngineOptions { target_partitions: 4, ..EngineOptions::default() };
    Workspace::open(&lake, &database, &ClusterAddress::Embedded { vcores }, engine).await.unwrap()
}

async fn read(workspace: &Workspace, step: Step) -> Vec<RecordBatch> {
    let snapshot = workspace.lake.table(step.name()).unwrap().snapshot().await.unwrap();
    let schema = std::sync::Arc::clone(snapshot.schema());
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    snapshot.read(&columns).unwrap().try_collect().await.unwrap()
}
