//! Input that cannot be used: the decision, its reason, and that nothing is lost in silence.

use udfs::scan::BadInput;

use crate::fixture::{Slices, error, gzip, playlist, rows, slice, zstd};

const CUT_OFF: &str = "the file ends in the middle of a value; it is cut off or empty";
const DAMAGED: &str = "the compressed file is damaged or cut off: ";
const NOT_INTEGER: &str = "expected an integer, found another number";
const NOT_UTF8: &str = "a string is not valid UTF-8";
const NO_URI: &str = "expected a track URI such as spotify:track:<id>";
const WEB_ADDRESS: &str = "expected a track URI such as spotify:track:<id>, not a web address";
const NO_ID: &str = "expected 22 letters or digits after spotify:track:";
const NO_BOOLEAN: &str = "expected \"true\" or \"false\", found";

/// Queries that read different columns; all must make the same decision.
const PROJECTIONS: [&str; 5] = [
    "SELECT pid FROM raw",
    "SELECT pid, name, tracks, _file, _offset FROM raw",
    "SELECT pid, num_edits FROM raw",
    "SELECT 1 FROM raw",
    "SELECT pid, (SELECT count(*) FROM raw) FROM raw",
];

#[tokio::test]
async fn a_playlist_that_is_none_is_set_aside() {
    check("42", "", "expected a playlist object, found another number").await;
    check("\"x\"", "", "expected a playlist object, found a string").await;
    check("null", "", "expected a playlist object, found null").await;
    check("true", "", "expected a playlist object, found a boolean").await;
    check("[{}, [1]]", "", "expected a playlist object, found an array").await;
    check("{}", "", "the field `pid` is missing").await;
    check(r#"{"tracks": []}"#, "", "the field `pid` is missing").await;
    check(r#"{"pid": null, "tracks": []}"#, "", "the field `pid` is missing").await;
    check(r#"{"pid": 1}"#, "", "the field `tracks` is missing").await;
    check(b"{\"k\xff\": 1, \"pid\": 1, \"tracks\": []}", "", NOT_UTF8).await;
}

#[tokio::test]
async fn a_playlist_with_a_wrong_field_is_set_aside() {
    check_field(r#""pid": -1"#, ".pid", "expected a pid that is not negative").await;
    check_field(r#""pid": "1""#, ".pid", "expected an integer, found a string").await;
    check_field(r#""pid": 1.0"#, ".pid", NOT_INTEGER).await;
    check_field(r#""pid": 9223372036854775808"#, ".pid", "expected an integer of 64 bits, found another number").await;
    check_field(r#""num_edits": 1e400"#, ".num_edits", NOT_INTEGER).await;
    check_field(r#""modified_at": "now""#, ".modified_at", "expected an integer, found a string").await;
    check_field(r#""name": 5"#, ".name", "expected a string, found another number").await;
    check_field(r#""name": {"en": "x"}"#, ".name", "expected a string, found an object").await;
    check_field(r#""name": "\x41""#, ".name", "expected a known escape after the backslash").await;
    check_field("\"name\": \"two\nlines\"", ".name", "expected no control character inside a string").await;
    check_field(b"\"name\": \"caf\xe9\"", ".name", NOT_UTF8).await;
    check_field(r#""collaborative": "yes""#, ".collaborative", &format!("{NO_BOOLEAN} a string")).await;
    check_field(r#""collaborative": 1"#, ".collaborative", &format!("{NO_BOOLEAN} another number")).await;
    check_field(r#""tracks": {}"#, ".tracks", "expected an array of tracks, found an object").await;
    check_field(r#""tracks": null"#, ".tracks", "expected an array of tracks, found null").await;
}

#[tokio::test]
async fn a_playlist_with_a_wrong_track_is_set_aside() {
    check_track("7", "", "expected a track object, found another number").await;
    check_track(r#"{"track_uri": "item:1"}"#, "", "the field `pos` is missing").await;
    check_track(r#"{"pos": null, "track_uri": "item:1"}"#, "", "the field `pos` is missing").await;
    check_track(r#"{"pos": 1}"#, "", "the field `track_uri` is missing").await;
    check_track(r#"{"pos": 1, "track_uri": null}"#, "", "the field `track_uri` is missing").await;
    check_track(r#"{"pos": "1", "track_uri": "item:1"}"#, ".pos", "expected an integer, found a string").await;
    let artist = r#"{"pos": 1, "track_uri": "item:1", "artist_name": ["x"]}"#;
    check_track(artist, ".artist_name", "expected a string, found an array").await;
    for (uri, reason) in [
        ("4iV5W9uYEdYUVa79Axb7Rh", NO_URI),
        ("", NO_URI),
        ("item:", NO_URI),
        (":x", NO_URI),
        ("4you:x", NO_URI),
        ("item:4 2", NO_URI),
        ("https://open.spotify.com/track/4iV5W9uYEdYUVa79Axb7Rh", WEB_ADDRESS),
        (r"https:\/\/open.spotify.com\/track\/4iV5W9uYEdYUVa79Axb7Rh", WEB_ADDRESS),
        ("spotify:track:4iV5W9uYEdYUVa79Axb7R", NO_ID),
        ("spotify:track:4iV5W9uYEdYUVa79Axb7RhX", NO_ID),
        ("spotify:track:4iV5W9uYEdYUVa79Axb7R_", NO_ID),
        ("spotify:track:", NO_ID),
    ] {
        check_track(&format!(r#"{{"pos": 1, "track_uri": "{uri}"}}"#), ".track_uri", reason).await;
    }
}

#[tokio::test]
async fn what_is_unusual_but_usable_is_kept() {
    let kept = |fields: &str| slice(&[format!(r#"{{"pid": 1, "name": "x", "tracks": [], {fields}}}"#)]);
    for fields in [
        r#""name": null, "description": null, "modified_at": null, "collaborative": null"#,
        r#""collaborative": true"#,
        r#""name": "\ud83c alone""#,
        r#""unknown": {"a": [{}, [[]], "]}"], "b": -1.5e300}, "": 0"#,
        r#""pid": 5, "pid": 1"#,
        r#""tracks": [{"pos": 0, "track_uri": "item:1"}, {"pos": 0, "track_uri": "urn:isbn:0451450523"}]"#,
        r#""tracks": [{"pos": -1, "track_uri": "spotify:track:\u00304iV5W9uYEdYUVa79Axb7R"}]"#,
        r#""modified_at": -9223372036854775808"#,
    ] {
        let slices = Slices::new();
        slices.write("mpd.slice.0-0.json", kept(fields));
        assert_eq!(rows(&slices.session(BadInput::Fail), "SELECT pid FROM raw").await, ["1"], "{fields}");
    }
}

#[tokio::test]
async fn the_last_of_equal_keys_counts() {
    let slices = Slices::new();
    let tracks =
        r#""tracks": [{"pos": 0, "track_uri": "item:1"}], "tracks": [{"pos": 9, "pos": 1, "track_uri": "item:2"}]"#;
    slices.write(
        "mpd.slice.0-0.json",
        slice(&[format!(r#"{{"pid": 5, "pid": 1, "name": "a", "name": "b", {tracks}}}"#)]),
    );
    let sql = "SELECT pid, name, cardinality(tracks), tracks[1]['pos'], tracks[1]['track_uri'] FROM raw";
    assert_eq!(rows(&slices.session(BadInput::Fail), sql).await, ["1|b|1|1|item:2"]);
}

#[tokio::test]
async fn the_rest_of_a_broken_file_is_set_aside() {
    let (first, second) = (playlist(0), playlist(1));
    let good = slice(&[&first, &second, &playlist(2)]);
    let in_second = "{\"info\": {}, \"playlists\": [, ".len() + first.len() + second.len() / 2;
    check_file("x.json", &good[..in_second], 1, "$.playlists[1]", CUT_OFF).await;
    check_file("x.json", b"", 0, "$", CUT_OFF).await;
    check_file("x.json", b"  \n", 0, "$", CUT_OFF).await;
    check_file("x.json", &good[..good.len() - 1], 3, "$.playlists[3]", CUT_OFF).await;
    check_file("x.json", b"not JSON", 0, "$", "not valid JSON: expected an object with an array `playlists`").await;
    check_file("x.json", b"{\"info\": {}}", 0, "$", "not valid JSON: expected an array `playlists`").await;
    check_file("x.json", b"{\"k\xff\": 1, \"playlists\": []}", 0, "$", NOT_UTF8).await;
    let lines = format!("{first}\n{}", &second[..20]);
    check_file("x.jsonl", lines.as_bytes(), 1, "$[1]", CUT_OFF).await;
    let behind = "not valid JSON: expected the end of the file behind the slice";
    check_file("x.json", &[&good, b"x".as_slice()].concat(), 3, "$", behind).await;
    for (broken, reason) in [
        (r#"{"pid": 1 "tracks": []}"#, "not valid JSON: expected a comma or the end of the playlist"),
        (r#"{"pid": 1, "x": [}, "tracks": []}"#, "not valid JSON: expected brackets that match"),
        (r#"{"pid": 1, "tracks": [], }"#, "not valid JSON: expected a key in double quotes"),
        (r#"{"pid": 1, "tracks": [], "name": nil}"#, "not valid JSON: expected true, false or null"),
    ] {
        check_file("x.json", &slice(&[first.as_str(), broken, &second]), 1, "$.playlists[1]", reason).await;
    }
}

#[tokio::test]
async fn damaged_compression_is_set_aside() {
    let good = slice(&[playlist(0), playlist(1), playlist(2)]);
    let (gz, zst) = (gzip(&good).await, zstd(&good).await);
    let not_json = "not valid JSON: expected an object with an array `playlists`";
    check_file("x.json", &gz, 0, "$", not_json).await;
    check_file("x.json", &zst, 0, "$", not_json).await;
    check_file("x.json.gz", &good, 0, "$", DAMAGED).await;
    check_file("x.json.zst", &good, 0, "$", DAMAGED).await;
    check_file("x.json.gz", &gz[..gz.len() - 4], 3, "$", DAMAGED).await;
    check_file("x.json.gz", &damaged(&gz, gz.len() - 6), 3, "$", DAMAGED).await;
    check_file("x.json.gz", &damaged(&gz, 12), 0, "$", DAMAGED).await;
    check_file("x.json.zst", &zst[..zst.len() - 4], 0, "$", DAMAGED).await;
    let lines = format!("{}\n{}\n", playlist(0), playlist(1));
    let gz = gzip(lines.as_bytes()).await;
    check_file("x.jsonl.gz", &damaged(&gz, gz.len() - 6), 2, "$[2]", DAMAGED).await;
}

#[tokio::test]
async fn other_files_are_not_touched_by_a_broken_one() {
    let slices = Slices::new();
    slices.write("mpd.slice.0-0.json", slice(&[playlist(0)]));
    slices.write("mpd.slice.1-1.json", "{");
    slices.write("mpd.slice.2-2.json", slice(&[playlist(2), "{}".to_owned()]));
    let context = slices.session(BadInput::Quarantine);
    assert_eq!(rows(&context, "SELECT pid FROM raw").await, ["0", "2"]);
    let found = rows(&context, "SELECT right(file, 18), byte_offset, scope, json_path FROM rejects").await;
    let offset = slice(&[playlist(2), String::new()]).len() - 2;
    assert_eq!(
        found,
        [
            "mpd.slice.1-1.json|1|rest of file|$".to_owned(),
            format!("mpd.slice.2-2.json|{offset}|playlist|$.playlists[1]"),
        ]
    );
}

/// The first fault is one that could be passed over, were it not for the second.
#[tokio::test]
async fn a_broken_playlist_that_does_not_end_is_the_rest_of_the_file() {
    for (broken, reason) in [("[}]}", "not valid JSON: expected brackets that match"), ("[", CUT_OFF)] {
        let slices = Slices::new();
        slices.write("x.json", format!(r#"{{"playlists": [{}, {{"pid": -1, "x": {broken}"#, playlist(0)));
        let context = slices.session(BadInput::Quarantine);
        assert_eq!(rows(&context, "SELECT pid FROM raw").await, ["0"]);
        let found = rows(&context, "SELECT json_path, reason, scope FROM rejects").await;
        assert_eq!(found, [format!("$.playlists[1]|{reason}|rest of file")]);
    }
}

/// The fault comes with the first bytes of a playlist whose end is chunks away.
#[tokio::test]
async fn a_broken_playlist_larger_than_a_chunk_is_passed_over() {
    let slices = Slices::new();
    let large = format!(r#"{{"pid": -1, "tracks": [], "name": "{}"}}"#, "]".repeat(9_000_000));
    slices.write("mpd.slice.0-2.json", slice(&[playlist(0), large, playlist(2)]));
    let context = slices.session(BadInput::Quarantine);
    assert_eq!(rows(&context, "SELECT pid FROM raw").await, ["0", "2"]);
    assert_eq!(rows(&context, "SELECT json_path, scope FROM rejects").await, ["$.playlists[1].pid|playlist"]);
}

/// A broken playlist between two good ones: they are kept, it is named.
async fn check(broken: impl AsRef<[u8]>, path: &str, reason: &str) {
    let (first, last) = (playlist(0), playlist(2));
    let bytes = slice(&[first.as_bytes(), broken.as_ref(), last.as_bytes()]);
    let start = bytes.len() - b"]}".len() - last.len() - b", ".len() - broken.as_ref().len();
    let slices = Slices::new();
    slices.write("x.json", bytes);
    let rejects = check_decision(&slices, &["0", "2"]).await;
    let [reject] = rejects.as_slice() else { panic!("{reason}: {rejects:?}") };
    let (offset, reject) = reject.split_once('|').unwrap();
    assert_eq!(reject, format!("$.playlists[1]{path}|{reason}|playlist"));
    let within = start..start + broken.as_ref().len();
    assert!(within.contains(&offset.parse().unwrap()), "{reason}: byte {offset} is not in {within:?}");
    check_failure(&slices, &format!("at byte {offset}, $.playlists[1]{path}: {reason}; mend the file")).await;
}

/// A playlist in which one field is wrong.
async fn check_field(field: impl AsRef<[u8]>, path: &str, reason: &str) {
    let broken = [b"{\"pid\": 1, \"tracks\": [], ", field.as_ref(), b"}"].concat();
    check(broken, path, reason).await;
}

/// A playlist whose second track is wrong.
async fn check_track(track: &str, path: &str, reason: &str) {
    let broken = format!(r#"{{"pid": 1, "tracks": [{{"pos": 0, "track_uri": "item:0"}}, {track}]}}"#);
    check(broken, &format!(".tracks[1]{path}"), reason).await;
}

/// A file that cannot be read to its end: the playlists before are kept, the rest is named once.
async fn check_file(name: &str, bytes: &[u8], kept: usize, path: &str, reason: &str) {
    let slices = Slices::new();
    slices.write(name, bytes);
    let kept: Vec<String> = (0..kept).map(|pid| pid.to_string()).collect();
    let rejects = check_decision(&slices, &kept).await;
    let [reject] = rejects.as_slice() else { panic!("{reason}: {rejects:?}") };
    let (offset, reject) = reject.split_once('|').unwrap();
    let found = reject.strip_suffix("|rest of file").unwrap_or_else(|| panic!("{reject}"));
    let (found_path, found_reason) = found.split_once('|').unwrap();
    // The path may go on to the place within the playlist.
    assert!(found_path.starts_with(path) && found_reason.starts_with(reason), "{found} is not {path}|{reason}");
    check_failure(&slices, &format!("at byte {offset}, {found_path}: {found_reason}")).await;
}

/// All queries keep the same playlists; yields the rejects.
async fn check_decision(slices: &Slices, kept: &[impl AsRef<str>]) -> Vec<String> {
    let context = slices.session(BadInput::Quarantine);
    let expected: Vec<&str> = kept.iter().map(AsRef::as_ref).collect();
    for sql in PROJECTIONS {
        assert_eq!(rows(&context, sql).await.len(), kept.len(), "{sql}");
    }
    assert_eq!(rows(&context, "SELECT pid FROM raw").await, expected);
    let uris: Vec<String> = expected.iter().map(|pid| format!("item:{pid}")).collect();
    let sql = "SELECT track['track_uri'] FROM (SELECT unnest(tracks) AS track FROM raw)";
    assert_eq!(rows(&context, sql).await, uris);
    rows(&context, "SELECT byte_offset, json_path, reason, scope FROM rejects").await
}

/// Without quarantine, every query fails in the same words.
async fn check_failure(slices: &Slices, expected: &str) {
    let context = slices.session(BadInput::Fail);
    for sql in PROJECTIONS {
        let found = error(&context, sql).await;
        assert!(found.contains(expected), "{found}\nlacks {expected}");
        assert!(found.contains("bad input in `") && found.contains("--bad-input quarantine"), "{found}");
    }
}

/// The bytes with one of them changed.
fn damaged(bytes: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[place] ^= 0xff;
    bytes
}
