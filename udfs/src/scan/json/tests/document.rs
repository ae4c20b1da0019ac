//! Documents: their two layouts, what may stand around the playlists, and how to go on behind a broken one.

use super::{
    super::{Document, Layout, Playlist, Step},
    INCOMPLETE, read,
};

/// A slice with everything that a playlist may have, and more.
const SLICE: &str = r#"{
    "info": {"slice": "0-1", "nested": [{"a": [1, -2.5e3, true, null]}, "]}"]},
    "playlists": [
        {
            "name": "caf\u00e9 \ud83c\udfb5 \"quoted\" é🎵", "collaborative": "false", "pid": 10, "modified_at": 1493424000,
            "num_tracks": 2, "num_albums": 1, "num_followers": 1, "description": null, "unknown": {"deep": [[], {}]},
            "tracks": [
                {"pos": 0, "artist_name": "A", "track_uri": "spotify:track:0000000000000000000000",
                 "artist_uri": "spotify:artist:1", "track_name": "N", "album_uri": "u", "duration_ms": 226863,
                 "album_name": "\\"},
                {"pos": 1, "track_uri": "item:7"}
            ],
            "num_edits": 6, "duration_ms": 11532414, "num_artists": 1
        },
        {"pid": 11, "tracks": [], "collaborative": true},
        {"tracks": [ ], "pid": 12}
    ],
    "trailer": [null]
}
"#;

const LINES: &str = "{\"pid\":1,\"tracks\":[]}\n\n{\"pid\":2,\"tracks\":[{\"pos\":0,\"track_uri\":\"item:é\"}]}\r\n{\"pid\":3,\"tracks\":[]}";

#[test]
fn every_prefix_of_a_slice_is_incomplete() {
    let whole = read(Layout::Slice, SLICE.as_bytes(), &[]);
    assert_eq!((whole.pids(), &whole.end), (vec![10, 11, 12], &Ok(())));
    for cut in 0..SLICE.len() {
        let part = read(Layout::Slice, &SLICE.as_bytes()[..cut], &[]);
        let ends = SLICE.as_bytes()[cut..].iter().all(u8::is_ascii_whitespace);
        assert_eq!(part.end, if ends { Ok(()) } else { Err(INCOMPLETE.to_owned()) }, "cut at {cut}");
        assert!(whole.playlists.starts_with(&part.playlists), "cut at {cut}: {:?}", part.playlists);
    }
}

#[test]
fn a_prefix_of_lines_ends_behind_a_playlist_or_is_incomplete() {
    let whole = read(Layout::Lines, LINES.as_bytes(), &[]);
    assert_eq!((whole.pids(), &whole.end), (vec![1, 2, 3], &Ok(())));
    for cut in 0..LINES.len() {
        let bytes = &LINES.as_bytes()[..cut];
        let part = read(Layout::Lines, bytes, &[]);
        let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
        let ends = values.all(|value| value.is_ok());
        assert_eq!(part.end, if ends { Ok(()) } else { Err(INCOMPLETE.to_owned()) }, "cut at {cut}");
        assert!(whole.playlists.starts_with(&part.playlists), "cut at {cut}: {:?}", part.playlists);
    }
}

#[test]
fn a_slice_may_have_its_members_in_any_order() {
    check(Layout::Slice, r#"{"info":{},"playlists":[<1>,<2>]}"#, &[1, 2], Ok(()));
    check(Layout::Slice, r#"{"playlists":[<1>],"info":{"a":[1,{}]}}"#, &[1], Ok(()));
    check(Layout::Slice, r#"{"a":1,"playlists":[<1>],"b":"x"}"#, &[1], Ok(()));
    check(Layout::Slice, "\n{\"playlists\" : [ ] , \"x\" : 1 }\n", &[], Ok(()));
    check(Layout::Slice, r#"{"playlists":[]}"#, &[], Ok(()));
}

#[test]
fn a_slice_without_playlists_is_refused() {
    let missing = Err("not valid JSON: expected an array `playlists`");
    check(Layout::Slice, "{}", &[], missing);
    check(Layout::Slice, r#"{"info":{"playlists":[]}}"#, &[], missing);
    let no_array = Err("not valid JSON: expected an array of playlists");
    check(Layout::Slice, r#"{"playlists":{}}"#, &[], no_array);
    check(Layout::Slice, r#"{"playlists":null}"#, &[], no_array);
    let no_object = Err("not valid JSON: expected an object with an array `playlists`");
    check(Layout::Slice, "[<1>]", &[], no_object);
    check(Layout::Slice, "\u{feff}{\"playlists\":[]}", &[], no_object);
    check(Layout::Slice, "", &[], Err(INCOMPLETE));
}

#[test]
fn punctuation_is_strict() {
    let key = Err("not valid JSON: expected a key in double quotes");
    check(Layout::Slice, r#"{"a":1,}"#, &[], key);
    check(Layout::Slice, r#"{"playlists":[<1>],}"#, &[1], key);
    check(Layout::Slice, r#"{"playlists":[],"a":1,}"#, &[], key);
    check(Layout::Slice, "{,}", &[], key);
    check(Layout::Slice, r#"{"playlists":[{"pid":1,"tracks":[],}]}"#, &[], key);
    check(Layout::Slice, r#"{"playlists":[{"pid":1,"tracks":[{"pos":0,"track_uri":"a:b",}]}]}"#, &[], key);
    let playlist = Err("expected a playlist object, found something else");
    check(Layout::Slice, r#"{"playlists":[<1>,]}"#, &[1], playlist);
    check(Layout::Slice, r#"{"playlists":[,<1>]}"#, &[], playlist);
    let track = Err("expected a track object, found something else");
    check(Layout::Slice, r#"{"playlists":[{"pid":1,"tracks":[{"pos":0,"track_uri":"a:b"},]}]}"#, &[], track);
    let comma = Err("not valid JSON: expected a comma or the end of the playlists");
    check(Layout::Slice, r#"{"playlists":[<1> <2>]}"#, &[1], comma);
    let member = Err("not valid JSON: expected a comma or the end of the slice");
    check(Layout::Slice, r#"{"a":1 "playlists":[]}"#, &[], member);
    check(Layout::Slice, r#"{"playlists":[] "a":1}"#, &[], member);
    check(Layout::Slice, r#"{"playlists" [<1>]}"#, &[], Err("not valid JSON: expected a colon after the key"));
}

#[test]
fn nothing_may_follow_a_slice() {
    let garbage = Err("not valid JSON: expected the end of the file behind the slice");
    check(Layout::Slice, r#"{"playlists":[<1>]} x"#, &[1], garbage);
    check(Layout::Slice, r#"{"playlists":[<1>]}{"playlists":[<2>]}"#, &[1], garbage);
    check(Layout::Slice, r#"{"playlists":[<1>]}}"#, &[1], garbage);
}

#[test]
fn lines_need_white_space_only() {
    check(Layout::Lines, "", &[], Ok(()));
    check(Layout::Lines, "\n \n", &[], Ok(()));
    check(Layout::Lines, "<1>\n<2>\n", &[1, 2], Ok(()));
    check(Layout::Lines, "\n<1>\r\n\r\n<2>", &[1, 2], Ok(()));
    check(Layout::Lines, "<1><2>", &[1, 2], Ok(()));
    check(Layout::Lines, "<1>,<2>", &[1], Err("expected a playlist object, found something else"));
    check(Layout::Lines, "[<1>]", &[], Err("expected a playlist object, found an array"));
}

#[test]
fn a_broken_playlist_is_passed_over() {
    let slice = r#"{"playlists":[{"pid":1,"tracks":[]},{"pid":-1,"x":["]"]},7,{"pid":2,"tracks":[]}]}"#;
    check_skipping(Layout::Slice, slice, &["1", "$.playlists[1]", "$.playlists[2]", "2"]);
    let lines = "{\"pid\":1,\"tracks\":[]}\n{\"pid\":-1}\n\"x\"\n{\"pid\":2,\"tracks\":[]}";
    check_skipping(Layout::Lines, lines, &["1", "$[1]", "$[2]", "2"]);
}

#[test]
fn a_broken_line_costs_no_other() {
    let line = |text: &str| format!("{{\"pid\":1,\"tracks\":[]}}\n{text}\n{{\"pid\":2,\"tracks\":[]}}\n");
    for broken in [r#"{"pid":3 "tracks":[]}"#, r#"{"pid":3,"tracks":[],}"#, "}{", "[[", r#"{"pid":3,"x":"}"#, "nil"] {
        check_skipping(Layout::Lines, &line(broken), &["1", "$[1]", "2"]);
    }
    // A quote that is missing twice would otherwise swallow the lines between.
    let twice = format!("{}{}", line(r#"{"pid":3,"name":"a}"#), line(r#"{"pid":4,"name":"b}"#));
    check_skipping(Layout::Lines, &twice, &["1", "$[1]", "2", "1", "$[4]", "2"]);
    check_skipping(Layout::Lines, "{\"pid\":1,\"tracks\":[]}\nnil", &["1", "$[1]"]);
}

#[test]
fn a_broken_key_outside_the_playlists_cannot_be_passed_over() {
    let mut document = Document::new(Layout::Slice);
    let fault = document.next(b"{\"\xff\":1,\"playlists\":[]}", &mut 0, true, &mut Playlist::default()).unwrap_err();
    assert!(fault.is_local() && !document.is_at_playlist());
    assert_eq!(document.playlist_path(), "$");
}

/// Reads a text in which `<n>` stands for a playlist with that pid.
#[track_caller]
fn check(layout: Layout, template: &str, pids: &[i64], end: Result<(), &str>) {
    let text = template.replace('<', r#"{"pid":"#).replace('>', r#","tracks":[]}"#);
    let found = read(layout, text.as_bytes(), &[]);
    assert_eq!((found.pids(), found.end), (pids.to_vec(), end.map_err(str::to_owned)), "{text}");
}

/// Reads to the end, passing over broken playlists; yields pids, and paths of the broken ones.
#[track_caller]
fn check_skipping(layout: Layout, text: &str, expected: &[&str]) {
    let mut document = Document::new(layout);
    let (mut at, mut found) = (0, Vec::new());
    loop {
        let mut playlist = Playlist::default();
        match document.next(text.as_bytes(), &mut at, true, &mut playlist) {
            Ok(Step::Playlist) => found.push(playlist.pid.unwrap().to_string()),
            Ok(Step::End) => break,
            Err(fault) => {
                assert!(document.can_skip(&fault), "{fault:?}");
                found.push(document.skip_playlist(text.as_bytes(), &mut at, true).unwrap());
            }
        }
    }
    assert_eq!(found, expected);
}
