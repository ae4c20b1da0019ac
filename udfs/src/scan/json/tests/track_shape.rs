//! A track is read alike, whatever was guessed about how it is written.

use super::{
    super::{Document, Layout, Playlist},
    to_json,
};

const FIRST: &str = r#"{ "pos": 0, "track_uri": "item:1", "track_name": "one", "duration_ms": 5 }"#;

#[test]
fn a_track_behind_another_is_read_as_if_it_stood_alone() {
    for track in [
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 }"#,
        r#"{ "pos": -1, "track_uri": "item:2", "track_name": null, "duration_ms": null }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "caf\u00e9 \"é\"", "duration_ms": 6 }"#,
        r#"{"pos":1,"track_uri":"item:2","track_name":"two","duration_ms":6}"#,
        r#"{ "track_uri": "item:2", "pos": 1, "track_name": "two", "duration_ms": 6 }"#,
        r#"{ "pos": 1, "track_uri": "item:2" }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6, "album_name": "more" }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6, "unknown": [1, {}] }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 , "pos": 7 }"#,
        // What is wrong is found, too, and found at the same place.
        r#"{ "pos": 1.5, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 }"#,
        r#"{ "pos": 1, "track_uri": "spotify:track:short", "track_name": "two", "duration_ms": 6 }"#,
        r#"{ "pos": null, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 "#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "two", "duration_ms": 6 ]"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": "tw\no", "duration_ms": 6, }"#,
        r#"{ "pos": 1, "track_uri": "item:2", "track_name": 2, "duration_ms": "6" }"#,
    ] {
        let alone = read(&format!(r#"{{"pid":1,"tracks":[{track}]}}"#));
        let behind = read(&format!(r#"{{"pid":1,"tracks":[{FIRST},{FIRST},{track}]}}"#));
        let shift = 2 * (FIRST.len() + 1);
        match (alone, behind) {
            (Ok(alone), Ok(behind)) => {
                assert_eq!(behind["tracks"].as_array().unwrap().len(), 3, "{track}");
                assert_eq!(behind["tracks"][2], alone["tracks"][0], "{track}");
            }
            (Err((at, reason)), Err(behind)) => assert_eq!(behind, (at + shift, reason), "{track}"),
            (alone, behind) => panic!("{track}: {alone:?}, behind another: {behind:?}"),
        }
    }
}

#[test]
fn shapes_that_change_with_every_track_are_still_read() {
    let track = |index: usize| {
        let gap = " ".repeat(index % 7);
        format!(r#"{{{gap}"pos":{gap}{index},"track_uri":"item:{index}"{gap}}}"#)
    };
    let tracks: Vec<String> = (0..3_000).map(track).collect();
    let playlist = read(&format!(r#"{{"pid":1,"tracks":[{}]}}"#, tracks.join(","))).unwrap();
    let positions: Vec<i64> =
        playlist["tracks"].as_array().unwrap().iter().map(|track| track["pos"].as_i64().unwrap()).collect();
    assert_eq!(positions, (0..3_000).collect::<Vec<i64>>());
}

/// The playlist, or where and why it cannot be read.
fn read(text: &str) -> Result<serde_json::Value, (usize, String)> {
    let mut playlist = Playlist::default();
    match Document::new(Layout::Lines).next(text.as_bytes(), &mut 0, true, &mut playlist) {
        Ok(_) => Ok(to_json(&playlist)),
        Err(fault) => Err((fault.at, fault.kind.to_string())),
    }
}
