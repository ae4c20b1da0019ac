//! Where the tests' runs happen.

use std::{path::Path, sync::Arc};

use arrow::array::RecordBatch;
use cluster::ClusterAddress;
use futures::TryStreamExt;
use pipeline::{Dag, RunOptions, Step, Workspace};
use sample::SampleOptions;
use udfs::session::EngineOptions;
use url::Url;

pub(crate) const SQL_STEPS: [Step; 6] =
    [Step::Quarantine, Step::Playlists, Step::PlaylistTracks, Step::Tracks, Step::Sequences, Step::TrackCooccurrence];

/// Makes three small slices in a folder.
pub(crate) fn make_slices(folder: &Path) -> Url {
    let options = SampleOptions { slices: 3, playlists_per_slice: 60, tracks: 3_000, ..SampleOptions::default() };
    sample::write_slices(folder, &options, &|_| ()).unwrap();
    Url::from_file_path(folder).unwrap()
}

/// Options of a run of all steps of SQL.
pub(crate) fn options(input: &Url) -> RunOptions {
    RunOptions {
        steps: SQL_STEPS.to_vec(),
        seed: 1,
        triggered_by: "test".to_owned(),
        ..RunOptions::new(input.clone(), Dag::builtin().unwrap())
    }
}

/// Opens a lake, a database and a cluster in a folder.
pub(crate) async fn open(place: &Path, vcores: usize) -> Workspace {
    let database = format!("sqlite://{}", place.join("segue.db").display()).parse().unwrap();
    let lake = place.join("lake").display().to_string();
    let engine = EngineOptions { target_partitions: 4, ..EngineOptions::default() };
    Workspace::open(&lake, &database, &ClusterAddress::Embedded { vcores }, engine).await.unwrap()
}

/// All rows of a step's table.
pub(crate) async fn read(workspace: &Workspace, step: Step) -> Vec<RecordBatch> {
    let snapshot = workspace.lake.table(step.name()).unwrap().snapshot().await.unwrap();
    let schema = Arc::clone(snapshot.schema());
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    snapshot.read(&columns).unwrap().try_collect().await.unwrap()
}
