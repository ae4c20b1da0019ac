//! How fast a slice is read, by what is asked of it: `cargo bench --workspace --bench scan`.
//!
//! One slice of the sample (1,000 playlists, 34 MB) on disk, one partition, so one core; throughput is in bytes of JSON.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use lake::ObjectStores;
use sample::SampleOptions;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use udfs::{
    scan::{BadInput, ScanSpec, SliceTable},
    session::{EngineOptions, runtime_env, session_config, session_state},
};
use url::Url;

/// What a query makes the scan build, from nothing to everything.
const QUERIES: [(&str, &str); 4] = [
    ("parse", "SELECT _offset FROM raw_playlists"),
    ("playlists", "SELECT pid, name, num_tracks, num_followers, modified_at FROM raw_playlists"),
    ("uris", "SELECT pid, unnest(tracks)['track_uri'] AS track_uri FROM raw_playlists"),
    ("all_of_tracks", "SELECT pid, unnest(tracks) AS track FROM raw_playlists"),
];

fn session(folder: &TempDir) -> SessionContext {
    let options = EngineOptions { target_partitions: 1, adaptive: false };
    let runtime = runtime_env(Arc::new(ObjectStores::from_env()), None).unwrap();
    let context = SessionContext::new_with_state(session_state(session_config(&options), runtime).unwrap());
    let url = Url::from_directory_path(folder.path()).unwrap();
    let table = SliceTable::try_new(url, ScanSpec::playlists(BadInput::Fail)).unwrap();
    context.register_table("raw_playlists", Arc::new(table)).unwrap();
    context
}

/// Runs a query and drops its rows as they come.
async fn drain(context: &SessionContext, sql: &str) -> usize {
    let mut stream = context.sql(sql).await.unwrap().execute_stream().await.unwrap();
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch.unwrap().num_rows();
    }
    rows
}

fn scan(criterion: &mut Criterion) {
    let folder = TempDir::new().unwrap();
    let options = SampleOptions { slices: 1, ..SampleOptions::default() };
    let report = sample::write_slices(folder.path(), &options, &|_| ()).unwrap();
    let runtime = Runtime::new().unwrap();
    let context = session(&folder);
    let mut group = criterion.benchmark_group("scan");
    group.sample_size(20).throughput(Throughput::Bytes(report.bytes));
    for (name, sql) in QUERIES {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(runtime.block_on(drain(&context, sql))));
        });
    }
    group.finish();
}

criterion_group!(benches, scan);
criterion_main!(benches);
