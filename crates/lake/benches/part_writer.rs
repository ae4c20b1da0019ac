//! How fast rows become Parquet, with the lake's settings: `cargo bench --workspace --bench part_writer`.
//!
//! A slice's worth of track rows (66,000) to an object store in memory, on one core; throughput is in rows.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::{hint::black_box, sync::Arc};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lake::{DataFile, PartWriter, PartitionBy};
use object_store::{ObjectStore, memory::InMemory, path::Path};
use tokio::runtime::Runtime;

const ROWS: usize = 66_000;
const BATCH_ROWS: usize = 4_096;
/// Distinct tracks of the rows: small numbers come often, as popular tracks do.
const TRACKS: u64 = 40_000;

/// Track numbers that fall off like a popularity curve, by a multiplicative hash.
fn track_of(row: usize) -> u64 {
    let hash = (row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let share = (hash * hash) >> 32;
    (share * TRACKS) >> 32
}

fn batch(from: usize, rows: usize) -> RecordBatch {
    let tracks: Vec<u64> = (from..from + rows).map(track_of).collect();
    let text = |make: &dyn Fn(u64) -> String| -> ArrayRef {
        Arc::new(tracks.iter().map(|track| Some(make(*track))).collect::<StringArray>())
    };
    let number = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    RecordBatch::try_from_iter([
        ("pid", number((from..from + rows).map(|row| row as i64 / 66).collect())),
        ("pos", number((from..from + rows).map(|row| row as i64 % 66).collect())),
        ("track_uri", text(&|track| format!("spotify:track:{track:022}"))),
        ("track_name", text(&|track| format!("a song that is called {track}"))),
        ("artist_name", text(&|track| format!("artist {}", track / 9))),
        (
            "source_file",
            Arc::new((from..from + rows).map(|row| Some(format!("slice {}", row / 22_000))).collect::<StringArray>()),
        ),
        ("duration_ms", number(tracks.iter().map(|track| 180_000 + *track as i64 * 7).collect())),
    ])
    .unwrap()
}

async fn write(partitioning: PartitionBy, batches: Vec<RecordBatch>) -> Vec<DataFile> {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let schema = batches[0].schema();
    let mut writer = PartWriter::try_new(store, Path::from("part"), schema, partitioning).unwrap();
    for batch in &batches {
        writer.write(batch).await.unwrap();
    }
    writer.finish().await.unwrap()
}

fn parquet(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let starts = (0..ROWS).step_by(BATCH_ROWS);
    let batches: Vec<RecordBatch> = starts.map(|from| batch(from, BATCH_ROWS.min(ROWS - from))).collect();
    let mut group = criterion.benchmark_group("parquet");
    group.sample_size(20).throughput(Throughput::Elements(ROWS as u64));
    for (name, partitioning) in
        [("one_file", PartitionBy::None), ("three_files_in_turn", PartitionBy::Runs(vec!["source_file".to_owned()]))]
    {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || batches.clone(),
                |batches| black_box(runtime.block_on(write(partitioning.clone(), batches))),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, parquet);
criterion_main!(benches);
