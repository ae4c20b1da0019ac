//! Brings the predictions to the database and makes them current in one transaction.

use arrow::{
    array::{Array, AsArray, Float64Array, Int64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type},
};
use futures::{StreamExt, TryStreamExt};
use lake::Snapshot;
use store::{ModelId, PredictionRow, PredictionSet, RunId, SetId, SetState, Track};

use super::{Output, named_version};
use crate::{Error, Result, RunOptions, Step, Workspace, quality::forbid_worse};

/// Prediction rows that go to the database together.
const LOAD_ROWS: usize = 20_000;

/// Publishes the table `predictions`, which must be at the version that this run wrote, if it wrote one. The set's id
/// names the table's version, so doing it again changes nothing.
pub(crate) async fn run(
    workspace: &Workspace,
    options: &RunOptions,
    run_id: &RunId,
    predicted: Option<&str>,
) -> Result<Output> {
    let snapshot = workspace.lake.table("predictions")?.snapshot().await?;
    let found = named_version("predictions", snapshot.version());
    if let Some(expected) = predicted.filter(|expected| **expected != found) {
        return Err(Error::Overwritten { step: Step::Publish, expected: expected.to_owned(), found });
    }
    let model_id = model_of(&snapshot).await?;
    forbid_worse(&workspace.store, Step::Publish, model_id.as_str(), options.worse_model).await?;
    let set_id = SetId::try_new(snapshot.manifest().write_id.clone())?;
    let set = PredictionSet { set_id: set_id.clone(), run_id: Some(run_id.clone()), model_id };
    let playlists = match workspace.store.begin_set(&set).await? {
        SetState::Loading => {
            load_tracks(workspace).await?;
            load_predictions(workspace, &set_id, &snapshot).await?
        }
        _ => count_playlists(&snapshot).await?,
    };
    let published = workspace.store.publish(&set_id, snapshot.rows(), playlists).await?;
    workspace.store.prune(options.keep_sets).await?;
    Ok(Output { rows: Some(published.rows), version: Some(set_id.to_string()), ..Output::default() })
}

async fn model_of(snapshot: &Snapshot) -> Result<ModelId> {
    let mut batches = snapshot.read(&["model_id"])?;
    while let Some(batch) = batches.next().await.transpose()? {
        if batch.num_rows() > 0 {
            return Ok(ModelId::try_new(text(&batch, 0)?.value(0))?);
        }
    }
    Err(Error::NoRows { step: Step::Predict })
}

async fn load_predictions(workspace: &Workspace, set_id: &SetId, snapshot: &Snapshot) -> Result<u64> {
    let mut batches = snapshot.read(&["pid", "rank", "track_uri", "score"])?;
    let mut rows = Vec::with_capacity(LOAD_ROWS);
    let mut playlists = 0;
    while let Some(batch) = batches.next().await.transpose()? {
        for row in prediction_rows(&batch)? {
            playlists += u64::from(row.rank_no == 1);
            rows.push(row);
            if rows.len() == LOAD_ROWS {
                workspace.store.load(set_id, &rows).await?;
                rows.clear();
            }
        }
    }
    if !rows.is_empty() {
        workspace.store.load(set_id, &rows).await?;
    }
    Ok(playlists)
}

async fn count_playlists(snapshot: &Snapshot) -> Result<u64> {
    let ranks: Vec<RecordBatch> = snapshot.read(&["rank"])?.try_collect().await?;
    let mut playlists = 0;
    for batch in &ranks {
        playlists += integers(batch, 0)?.iter().flatten().filter(|rank| *rank == 1).count() as u64;
    }
    Ok(playlists)
}

fn prediction_rows(batch: &RecordBatch) -> Result<Vec<PredictionRow>> {
    let (pids, ranks) = (integers(batch, 0)?, integers(batch, 1)?);
    let uris = text(batch, 2)?;
    let scores = converted(batch, 3, &DataType::Float64)?;
    let scores: &Float64Array = scores.as_primitive::<Float64Type>();
    (0..batch.num_rows())
        .map(|row| {
            #[expect(clippy::cast_possible_truncation, reason = "a score needs no more than the digits of f32")]
            let score = scores.value(row) as f32;
            let rank_no = u16::try_from(ranks.value(row)).map_err(|_| damaged("a rank beyond 65535"))?;
            Ok(PredictionRow { playlist_id: pids.value(row), rank_no, track_uri: uris.value(row).to_owned(), score })
        })
        .collect()
}

/// Brings the tracks' names, so that applications can show them.
async fn load_tracks(workspace: &Workspace) -> Result<()> {
    let snapshot = workspace.lake.table("tracks")?.snapshot().await?;
    let columns = ["track_uri", "track_name", "artist_name", "album_name", "artist_uri", "album_uri", "duration_ms"];
    let mut batches = snapshot.read(&columns)?;
    while let Some(batch) = batches.next().await.transpose()? {
        workspace.store.upsert_tracks(&track_rows(&batch)?).await?;
    }
    Ok(())
}

fn track_rows(batch: &RecordBatch) -> Result<Vec<Track>> {
    let texts: Result<Vec<StringArray>> = (0..6).map(|column| text(batch, column)).collect();
    let texts = texts?;
    let durations = integers(batch, 6)?;
    let value = |column: usize, row: usize| {
        let texts = &texts[column];
        texts.is_valid(row).then(|| texts.value(row).to_owned())
    };
    Ok((0..batch.num_rows())
        .map(|row| Track {
            track_uri: value(0, row).unwrap_or_default(),
            track_name: value(1, row),
            artist_name: value(2, row),
            album_name: value(3, row),
            artist_uri: value(4, row),
            album_uri: value(5, row),
            duration_ms: durations.is_valid(row).then(|| u32::try_from(durations.value(row)).ok()).flatten(),
        })
        .collect())
}

fn integers(batch: &RecordBatch, column: usize) -> Result<Int64Array> {
    Ok(converted(batch, column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn text(batch: &RecordBatch, column: usize) -> Result<StringArray> {
    Ok(converted(batch, column, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn converted(batch: &RecordBatch, column: usize, to: &DataType) -> Result<arrow::array::ArrayRef> {
    cast(batch.column(column), to).map_err(|error| damaged(&error.to_string()))
}

fn damaged(reason: &str) -> Error {
    lake::Error::InvalidMetadata {
        path: "predictions".to_owned(),
        what: "table of predictions",
        reason: reason.to_owned(),
    }
    .into()
}
