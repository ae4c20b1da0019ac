//! Attributes of tracks that carry what co-occurrence does not.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::DataType,
};
use lake::Lake;
use model::{config::ModelConfig, training::Dataset};
use parquet::arrow::ArrowWriter;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    fixture::{Row, TRACKS, small_config, torch, track_uri, write_lake},
    training::train,
};

/// Tracks of a genre are those of one remainder.
const GENRES: i64 = 6;

/// Playlists of one genre, whose tracks are drawn at random. Those that train are pairs, and a track is in one or two of them:
/// of what goes together with it nothing else is seen.
fn rows() -> Vec<Row> {
    let mut random = ChaCha8Rng::seed_from_u64(71);
    let mut playlist = |pid: i64| {
        let genre = random.random_range(0..GENRES);
        let track = |random: &mut ChaCha8Rng| random.random_range(0..TRACKS / GENRES) * GENRES + genre;
        let split = match pid {
            0..60 => "train",
            60..200 => "validation",
            _ => "test",
        };
        let length = if split == "train" { 2 } else { 6 };
        let mut tracks: Vec<i64> = (0..length).map(|_| track(&mut random)).collect();
        let holdouts = tracks.split_off(2);
        Row { pid, title: None, split, seeds: tracks, holdouts }
    };
    (0..400).map(&mut playlist).collect()
}

/// Writes a table of attributes in which the genre is a text, and a number that goes with it.
fn write(path: &Path, columns: &[(&str, ArrayRef)]) {
    let uris: ArrayRef = Arc::new(StringArray::from_iter_values((0..TRACKS).map(track_uri)));
    let columns =
        [("track_uri", uris)].into_iter().chain(columns.iter().map(|(name, values)| (*name, Arc::clone(values))));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn genres() -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..TRACKS).map(|track| format!("genre {}", track % GENRES))))
}

fn config() -> ModelConfig {
    let mut config = small_config();
    config.vocabulary.min_count = 1;
    config.training.epochs = 60;
    config.training.patience = 60;
    config
}

async fn ndcg(lake: &Lake, config: &ModelConfig) -> (f64, Vec<String>) {
    let metrics = train(lake, config).await.metrics;
    (metrics.recommenders["network"].metrics["ndcg_500"].mean, metrics.attributes)
}

#[tokio::test]
async fn the_network_learns_from_attributes_what_playlists_do_not_say() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &rows()).await;
    let mut config = config();
    let (without, names) = ndcg(&lake, &config).await;
    assert!(names.is_empty());
    let path = folder.path().join("attributes.parquet");
    config.attributes.file = path.display().to_string();
    write(&path, &[("genre", genres())]);
    let (with_genres, names) = ndcg(&lake, &config).await;
    assert_eq!(names, ["genre"]);
    assert!(with_genres > without + 0.05, "{with_genres} with genres, {without} without");
    // As numbers: two coordinates on a circle.
    let angle = |track: i64| std::f64::consts::TAU * (track % GENRES) as f64 / GENRES as f64;
    let coordinate = |of: fn(f64) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values((0..TRACKS).map(|track| of(angle(track)))))
    };
    write(&path, &[("energy", coordinate(f64::cos)), ("valence", coordinate(f64::sin))]);
    let (with_numbers, _) = ndcg(&lake, &config).await;
    assert!(with_numbers > without + 0.05, "{with_numbers} with numbers, {without} without");
}

#[tokio::test]
async fn attributes_are_joined_by_address_and_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &rows()).await;
    let path = folder.path().join("attributes.parquet");
    let mut config = config();
    config.attributes.file = path.display().to_string();
    let tempo: Vec<Option<f64>> = (0..TRACKS).map(|track| (track != 7).then_some(track as f64)).collect();
    write(&path, &[("genre", genres()), ("tempo", Arc::new(Float64Array::from(tempo)))]);
    let dataset = Dataset::load(&lake, &config).await.unwrap();
    let attributes = dataset.attributes.unwrap();
    assert_eq!(
        (attributes.known, &attributes.names[..]),
        (dataset.tracks.len(), &["genre".to_owned(), "tempo".to_owned()][..])
    );
    let codes = &attributes.categories[0].codes;
    for (left, right) in dataset.tracks.iter().zip(codes).zip(dataset.tracks.iter().zip(codes).skip(1)) {
        let same = i64::from(left.0.0) % GENRES == i64::from(right.0.0) % GENRES;
        assert_eq!(same, left.1 == right.1, "{left:?} {right:?}");
    }
    let unknown = dataset.tracks.iter().position(|track| track.0 == 7).unwrap();
    assert_eq!((attributes.numbers[0][unknown], attributes.numbers[1][unknown]), (0.0, 0.0));

    let refused = async |config: &ModelConfig| Dataset::load(&lake, config).await.unwrap_err();
    let date = arrow::compute::cast(
        &Int64Array::from_iter_values(0..TRACKS),
        &DataType::Timestamp(arrow::datatypes::TimeUnit::Second, None),
    );
    write(&path, &[("released", date.unwrap())]);
    let error = refused(&config).await;
    assert!(error.exit_code() == 65 && error.to_string().contains("column `released`: expected numbers"), "{error}");
    config.attributes.file.push('x');
    assert!(refused(&config).await.to_string().contains("No such file"));
}
