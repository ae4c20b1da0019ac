//! Scans of slices that are as they should be.

use std::path::Path;

use datafusion::physical_plan::collect;
use sample::{Compression, SampleOptions};
use serde_json::Value;
use udfs::scan::BadInput;

use crate::fixture::{self, Slices, error, gzip, playlist, rows, session, slice, zstd};

const ALL_COLUMNS: &str = "SELECT pid, name, description, collaborative, modified_at, num_tracks, num_albums, num_artists, \
    num_followers, num_edits, duration_ms, tracks FROM raw ORDER BY pid";

#[tokio::test]
async fn every_field_stands_in_its_column() {
    let slices = Slices::new();
    let full = r#"{"name": "a \u00e9", "collaborative": "true", "pid": 3, "modified_at": 4, "num_tracks": 5,
        "num_albums": 6, "num_followers": 7, "num_edits": 8, "duration_ms": 9, "num_artists": 10, "description": "d",
        "tracks": [{"pos": 11, "artist_name": "an", "track_uri": "spotify:track:0000000000000000000000",
        "artist_uri": "au", "track_name": "tn", "album_uri": "lu", "duration_ms": 12, "album_name": "ln"}]}"#;
    slices.write("mpd.slice.0-1.json", slice(&[full, r#"{"pid": 4, "tracks": [], "collaborative": false}"#]));
    let found = rows(&slices.session(BadInput::Fail), ALL_COLUMNS).await;
    let track = "{pos: 11, artist_name: an, track_uri: spotify:track:0000000000000000000000, artist_uri: au, \
        track_name: tn, album_uri: lu, duration_ms: 12, album_name: ln}";
    assert_eq!(found[0], format!("3|a é|d|true|4|5|6|10|7|8|9|[{track}]"));
    assert_eq!(found[1], "4|NULL|NULL|false|NULL|NULL|NULL|NULL|NULL|NULL|NULL|[]");
}

#[tokio::test]
async fn every_encoding_gives_the_same_rows() {
    let plain = Slices::new();
    write_sample(plain.path(), Compression::None);
    let expected = rows(&plain.session(BadInput::Fail), ALL_COLUMNS).await;
    assert_eq!(expected.len(), 40);

    for compression in [Compression::Gzip, Compression::Zstd] {
        let compressed = Slices::new();
        write_sample(compressed.path(), compression);
        assert!(rows(&compressed.session(BadInput::Fail), ALL_COLUMNS).await == expected, "{compression:?}");
    }
    for ending in ["jsonl", "ndjson", "jsonl.gz", "ndjson.zst"] {
        let lines = Slices::new();
        write_as_lines(&plain, &lines, ending).await;
        assert!(rows(&lines.session(BadInput::Fail), ALL_COLUMNS).await == expected, "{ending}");
    }
}

#[tokio::test]
async fn partitions_do_not_change_the_rows() {
    let slices = Slices::new();
    for first in 0..5 {
        slices.write(&format!("mpd.slice.{first}-{first}.json"), slice(&[playlist(first)]));
    }
    for partitions in [1, 2, 16] {
        let context = session(partitions);
        slices.register(&context, BadInput::Fail);
        let found = rows(&context, "SELECT pid, name, tracks[1]['track_uri'] FROM raw ORDER BY pid").await;
        assert_eq!(found, ["0|n0|item:0", "1|n1|item:1", "2|n2|item:2", "3|n3|item:3", "4|n4|item:4"]);
    }
}

#[tokio::test]
async fn files_are_read_in_the_order_of_their_playlists() {
    let slices = Slices::new();
    for first in [10_000, 0, 2_000, 1_000] {
        slices
            .write(&format!("mpd.slice.{first}-{}.json", first + 999), slice(&[playlist(first), playlist(first + 1)]));
    }
    slices.write("other.jsonl", playlist(7));
    let found = rows(&slices.session(BadInput::Fail), "SELECT pid FROM raw").await;
    assert_eq!(found, ["0", "1", "1000", "1001", "2000", "2001", "10000", "10001", "7"]);
}

#[tokio::test]
async fn other_files_are_left_alone() {
    let slices = Slices::new();
    slices.write("mpd.slice.0-0.json", slice(&[playlist(0)]));
    for name in ["README.txt", "_marker.json", ".hidden.json", "slice.json.bak", "slice.json.tmp", "slice.csv.gz"] {
        slices.write(name, "not JSON");
    }
    assert_eq!(rows(&slices.session(BadInput::Fail), "SELECT pid FROM raw").await, ["0"]);
}

#[tokio::test]
async fn a_single_file_is_a_table_too() {
    let slices = Slices::new();
    slices.write("mpd.slice.0-0.json", slice(&[playlist(0)]));
    let path = slices.write("mpd.slice.1-1.json", slice(&[playlist(1)]));
    let context = session(4);
    fixture::register(&context, &path, BadInput::Fail);
    assert_eq!(rows(&context, "SELECT pid FROM raw").await, ["1"]);
}

#[tokio::test]
async fn a_place_without_slices_is_an_error() {
    let slices = Slices::new();
    slices.write("README.txt", "");
    let found = error(&slices.session(BadInput::Fail), "SELECT pid FROM raw").await;
    assert!(found.contains("no slices at file:///"), "{found}");
    assert!(found.contains("expected files ending in .json, .jsonl or .ndjson, plain or with .gz or .zst"), "{found}");
}

#[tokio::test]
async fn rows_name_their_file_and_where_they_end() {
    let slices = Slices::new();
    let (first, second) = (playlist(0), playlist(1));
    let path = slices.write("mpd.slice.0-1.json", slice(&[&first, &second]));
    let first_end = "{\"info\": {}, \"playlists\": [".len() + first.len();
    let found = rows(&slices.session(BadInput::Fail), "SELECT _offset, pid, _file FROM raw").await;
    let file = path.to_str().unwrap().trim_start_matches('/');
    let second_end = first_end + ", ".len() + second.len();
    assert_eq!(found, [format!("{first_end}|0|{file}"), format!("{second_end}|1|{file}")]);
}

#[tokio::test]
async fn rows_are_counted_without_columns_and_limited() {
    let slices = Slices::new();
    for first in [0, 10] {
        let playlists: Vec<String> = (first..first + 10).map(playlist).collect();
        slices.write(&format!("mpd.slice.{first}-{}.json", first + 9), slice(&playlists));
    }
    for (partitions, batch_size) in [(1, 8192), (2, 3)] {
        let context = fixture::session_with_batches(partitions, batch_size);
        slices.register(&context, BadInput::Fail);
        assert_eq!(rows(&context, "SELECT count(*) FROM raw").await, ["20"]);
        assert_eq!(rows(&context, "SELECT count(*) FROM raw WHERE pid >= 15").await, ["5"]);
        assert_eq!(rows(&context, "SELECT name FROM raw LIMIT 13").await.len(), 13);
        assert_eq!(rows(&context, "SELECT pid FROM raw ORDER BY pid LIMIT 2 OFFSET 9").await, ["9", "10"]);
        assert_eq!(rows(&context, "SELECT count(*) FROM rejects").await, ["0"]);
    }
}

#[tokio::test]
async fn a_playlist_larger_than_a_chunk_is_read_whole() {
    let slices = Slices::new();
    let name = "x".repeat(9_000_000);
    let large = format!(r#"{{"pid": 1, "tracks": [], "name": "{name}"}}"#);
    slices.write("mpd.slice.0-2.json", slice(&[playlist(0), large, playlist(2)]));
    let found = rows(&slices.session(BadInput::Fail), "SELECT pid, length(name) FROM raw").await;
    assert_eq!(found, ["0|2", "1|9000000", "2|2"]);
}

/// A file that was listed must be read, or the query fails: quarantine is for bad input, not for lost files.
#[tokio::test]
async fn a_file_that_goes_away_is_never_passed_over() {
    for bad_input in [BadInput::Fail, BadInput::Quarantine] {
        let slices = Slices::new();
        slices.write("mpd.slice.0-0.json", slice(&[playlist(0)]));
        let path = slices.write("mpd.slice.1-1.json", slice(&[playlist(1)]));
        let context = slices.session(bad_input);
        let plan = context.sql("SELECT pid FROM raw").await.unwrap().create_physical_plan().await.unwrap();
        std::fs::remove_file(path).unwrap();
        let failed = collect(plan, context.task_ctx()).await.unwrap_err().to_string();
        assert!(failed.contains("mpd.slice.1-1.json not found"), "{failed}");
    }
}

fn write_sample(folder: &Path, compression: Compression) {
    let options =
        SampleOptions { slices: 2, playlists_per_slice: 20, tracks: 2_000, compression, ..Default::default() };
    sample::write_slices(folder, &options, &|_| ()).unwrap();
}

/// Writes the playlists of each slice to a file of lines.
async fn write_as_lines(from: &Slices, to: &Slices, ending: &str) {
    for entry in std::fs::read_dir(from.path()).unwrap() {
        let path = entry.unwrap().path();
        let slice: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let playlists = slice["playlists"].as_array().unwrap();
        let text: String = playlists.iter().map(|playlist| format!("{playlist}\n")).collect();
        let name = format!("{}.{ending}", path.file_stem().unwrap().display());
        let bytes = match ending.rsplit('.').next() {
            Some("gz") => gzip(text.as_bytes()).await,
            Some("zst") => zstd(text.as_bytes()).await,
            _ => text.into_bytes(),
        };
        to.write(&name, bytes);
    }
}
