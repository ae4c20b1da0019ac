//! From a lake to predictions and recommendations, through the library.

use std::collections::{BTreeMap, HashSet};

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Float64Type, Int32Type, Int64Type},
};
use lake::Lake;
use model::{
    Error,
    artefact::{self, Model, ModelId},
    predict::{PredictOptions, PredictionReport, Source, predict},
    recommend::{Request, recommend},
};
use tch::Device;

use crate::{
    fixture::{Row, playlists, read_table, small_config, torch, track_uri, write_lake, write_sequences},
    lineage::note_inputs,
    training::train,
};

#[tokio::test]
async fn predictions_are_whole_ordered_and_new() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let rows = with_strangers();
    let (lake, id, model) = saved(folder.path(), &rows).await;
    let report = predict(&lake, id, &model, PredictOptions { k: 7, batch: 64 }).await.unwrap();
    let expected = [(Source::Blend, 300), (Source::Title, 1), (Source::Popularity, 2)];
    assert_eq!(report.playlists_by_source, expected.into_iter().collect());
    assert_eq!((report.playlists, report.rows, report.version), (303, 303 * 7, 1));
    let lists = lists(&read_table(&lake, "predictions").await, id);
    assert_eq!(lists.len(), rows.len());
    for row in &rows {
        check_list(row, &lists[&row.pid]);
    }
    assert_eq!(lists[&1000].source, "title");
    // The title tells the scene, and scene 3 has the tracks 60 to 79.
    assert!(lists[&1000].uris.iter().all(|uri| (60..80).any(|track| track_uri(track) == *uri)));
    assert_eq!(lists[&1001].uris, lists[&1002].uris);
}

#[track_caller]
fn check_list(row: &Row, list: &List) {
    assert_eq!(list.ranks, (1..=7).collect::<Vec<i32>>(), "ranks of playlist {}", row.pid);
    assert!(list.scores.is_sorted_by(|left, right| left >= right), "scores of playlist {}", row.pid);
    let seeds: HashSet<String> = row.seeds.iter().chain(&row.holdouts).map(|&track| track_uri(track)).collect();
    assert!(list.uris.iter().all(|uri| !seeds.contains(uri)), "playlist {} is told what it holds", row.pid);
    assert_eq!(list.uris.iter().collect::<HashSet<_>>().len(), 7, "playlist {} has a track twice", row.pid);
}

#[tokio::test]
async fn the_same_model_and_data_give_the_same_table() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, id, model) = saved(folder.path(), &with_strangers()).await;
    let mut tables = Vec::new();
    for batch in [1_000, 1_000, 10] {
        predict(&lake, id, &model, PredictOptions { k: 5, batch }).await.unwrap();
        tables.push(lists(&read_table(&lake, "predictions").await, id));
    }
    assert_eq!(tables[0], tables[1]);
    // Matrix products over other numbers of rows may round otherwise.
    assert_eq!(tables[0].keys().collect::<Vec<_>>(), tables[2].keys().collect::<Vec<_>>());
    let agreeing = tables[0].iter().filter(|(pid, list)| list.uris == tables[2][pid].uris).count();
    assert!(agreeing >= 300, "{agreeing} of 303 lists agree");
}

#[tokio::test]
async fn a_lake_with_other_track_ids_gets_the_same_tracks() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let rows = playlists(300, 10);
    let (lake, id, model) = saved(folder.path(), &rows).await;
    let options = PredictOptions { k: 5, batch: 1_000 };
    predict(&lake, id, &model, options).await.unwrap();
    let before = lists(&read_table(&lake, "predictions").await, id);
    renumber_tracks(&lake, &rows).await;
    predict(&lake, id, &model, options).await.unwrap();
    assert_eq!(lists(&read_table(&lake, "predictions").await, id), before);
}

#[tokio::test]
async fn sequences_of_other_tracks_are_not_predicted_for() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, id, model) = saved(folder.path(), &playlists(100, 10)).await;
    note_inputs(folder.path(), "sequences", &serde_json::json!({ "tracks": 2 }));
    let error = predict(&lake, id, &model, PredictOptions { k: 5, batch: 100 }).await.unwrap_err();
    assert!(matches!(error, Error::Outdated { table: "sequences", made_from: 2, current: 1, .. }), "{error}");
}

/// Turns the numbering of the lake's tracks around, as a later build of the table might.
async fn renumber_tracks(lake: &Lake, rows: &[Row]) {
    let turned = |track: i64| crate::fixture::TRACKS - 1 - track;
    let tracks = read_table(lake, "tracks").await;
    let ids = tracks.column_by_name("track_id").unwrap().as_primitive::<Int64Type>();
    let ids = arrow::array::Int64Array::from_iter_values(ids.values().iter().map(|&track| turned(track)));
    let mut columns = tracks.columns().to_vec();
    columns[0] = std::sync::Arc::new(ids);
    let batch = RecordBatch::try_new(tracks.schema(), columns).unwrap();
    let mut writer = lake.table("tracks").unwrap().writer(tracks.schema(), lake::WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
    let mut rows = rows.to_vec();
    for track in rows.iter_mut().flat_map(|row| row.seeds.iter_mut().chain(&mut row.holdouts)) {
        *track = turned(*track);
    }
    write_sequences(lake, &rows).await;
}

#[tokio::test]
async fn unseen_lists_and_titles_are_answered() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (_, id, model) = saved(folder.path(), &playlists(300, 11)).await;
    let request = |tracks: &[i64], title: Option<&str>| Request {
        tracks: tracks.iter().map(|&track| track_uri(track).parse().unwrap()).collect(),
        title: title.map(str::to_owned),
        k: 5,
    };
    let answer = recommend(id, &model, &request(&[41, 42, 999, 43], None)).unwrap();
    assert_eq!((answer.source, answer.recommendations.len()), (Source::Blend, 5));
    assert_eq!(answer.unknown_tracks, [track_uri(999)]);
    let first = &answer.recommendations[0];
    assert_eq!((first.rank, first.track_name.as_str()), (1, "Track 44"));
    assert_eq!(first.because_of.len(), 2);
    assert!(first.because_of.iter().all(|name| ["Track 41", "Track 42", "Track 43"].contains(&name.as_str())));
    let answer = recommend(id, &model, &request(&[999], Some("SCENE 1"))).unwrap();
    assert_eq!(answer.source, Source::Title);
    assert!(answer.recommendations.iter().all(|line| (20..40).any(|track| track_uri(track) == line.track_uri)));
    let answer = recommend(id, &model, &request(&[], Some("unheard of"))).unwrap();
    assert_eq!(answer.source, Source::Popularity);
    let error = recommend(id, &model, &request(&[999, 998], None)).unwrap_err();
    assert!(matches!(error, Error::NothingKnown { named: 2, .. }), "{error}");
    assert!(error.to_string().contains(&track_uri(998)), "{error}");
}

/// Playlists that follow the rule, and three of which no track is known: one with a known title, one without, one
/// without any.
fn with_strangers() -> Vec<Row> {
    let mut rows = playlists(300, 10);
    for (pid, title) in [(1000, Some("scene 3")), (1001, Some("unheard of")), (1002, None)] {
        rows.push(Row {
            pid,
            title: title.map(str::to_owned),
            split: "test",
            seeds: vec![7_000],
            holdouts: vec![7_001],
        });
    }
    rows
}

async fn saved(folder: &std::path::Path, rows: &[Row]) -> (Lake, ModelId, Model) {
    let lake = write_lake(folder, rows).await;
    let model = train(&lake, &small_config()).await;
    let id = artefact::save(&lake, &model).await.unwrap().model_id;
    let (_, model) = artefact::load(&lake, id, Device::Cpu).await.unwrap();
    (lake, id, model)
}

#[derive(Debug, Default, PartialEq)]
struct List {
    ranks: Vec<i32>,
    uris: Vec<String>,
    scores: Vec<f64>,
    source: String,
}

fn lists(table: &RecordBatch, id: ModelId) -> BTreeMap<i64, List> {
    let column = |name| table.column_by_name(name).unwrap();
    let texts = |name| arrow::compute::cast(column(name), &arrow::datatypes::DataType::Utf8).unwrap();
    let (uris, sources, ids) = (texts("track_uri"), texts("source"), texts("model_id"));
    let mut lists: BTreeMap<i64, List> = BTreeMap::new();
    for row in 0..table.num_rows() {
        let list = lists.entry(column("pid").as_primitive::<Int64Type>().value(row)).or_default();
        list.ranks.push(column("rank").as_primitive::<Int32Type>().value(row));
        list.scores.push(column("score").as_primitive::<Float64Type>().value(row));
        list.uris.push(uris.as_string::<i32>().value(row).to_owned());
        list.source = sources.as_string::<i32>().value(row).to_owned();
        assert_eq!(ids.as_string::<i32>().value(row), id.to_string());
    }
    lists
}

#[tokio::test]
async fn reports_are_read_back() {
    let report = PredictionReport {
        model_id: ModelId::new(),
        rows: 10,
        playlists: 1,
        playlists_by_source: [(Source::Title, 1)].into_iter().collect(),
        version: 3,
        seconds: 0.5,
    };
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.contains(r#""playlists_by_source":{"title":1}"#), "{text}");
    assert_eq!(serde_json::from_str::<PredictionReport>(&text).unwrap(), report);
}
