//! Generated documents: equal to what serde_json reads, however the bytes are written and cut.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::{Value, json};

use super::{super::Layout, read, with_keys};

const PLAYLIST_KEYS: [&str; 12] = [
    "name",
    "description",
    "collaborative",
    "pid",
    "modified_at",
    "num_tracks",
    "num_albums",
    "num_artists",
    "num_followers",
    "num_edits",
    "duration_ms",
    "tracks",
];
const TRACK_KEYS: [&str; 8] =
    ["pos", "track_uri", "track_name", "artist_uri", "artist_name", "album_uri", "album_name", "duration_ms"];

/// How a document is written.
#[derive(Debug, Clone, Copy)]
enum Style {
    Compact,
    Pretty,
    /// Everything outside ASCII escaped, as Python does it and the data set has it.
    Ascii,
}

#[test]
fn slices_equal_what_serde_json_reads() {
    let cases = (vec(playlist(), 0..5), unknown(), style(), pieces());
    runner()
        .run(&cases, |(playlists, other, style, pieces)| {
            let expected: Vec<Value> = playlists.iter().map(expected).collect();
            let text = write(&json!({"info": other, "playlists": playlists, "trailer": other}), style);
            let found = read(Layout::Slice, text.as_bytes(), &pieces);
            prop_assert_eq!(found.end, Ok(()), "{}", text);
            prop_assert_eq!(found.playlists, expected, "{}", text);
            Ok(())
        })
        .unwrap();
}

#[test]
fn lines_equal_what_serde_json_reads() {
    let cases = (vec(playlist(), 0..5), style(), pieces());
    runner()
        .run(&cases, |(playlists, style, pieces)| {
            let expected: Vec<Value> = playlists.iter().map(expected).collect();
            let text: String = playlists.iter().map(|playlist| write(playlist, style) + "\n").collect();
            let found = read(Layout::Lines, text.as_bytes(), &pieces);
            prop_assert_eq!(found.end, Ok(()), "{}", text);
            prop_assert_eq!(found.playlists, expected, "{}", text);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_changed_byte_gives_the_same_in_whatever_pieces() {
    let cases = (vec(playlist(), 1..3), style(), any::<prop::sample::Index>(), any::<u8>(), pieces());
    runner()
        .run(&cases, |(playlists, style, place, byte, pieces)| {
            let mut text = write(&json!({"playlists": playlists}), style).into_bytes();
            let place = place.index(text.len());
            text[place] = byte;
            let whole = read(Layout::Slice, &text, &[]);
            prop_assert_eq!(read(Layout::Slice, &text, &pieces), whole, "{}", String::from_utf8_lossy(&text));
            Ok(())
        })
        .unwrap();
}

fn runner() -> TestRunner {
    let seed = RngSeed::Fixed(20_180_101);
    TestRunner::new(Config { cases: 200, rng_seed: seed, failure_persistence: None, ..Config::default() })
}

fn playlist() -> impl Strategy<Value = Value> {
    let texts = (option::of(text()), option::of(text()));
    let numbers = (vec(option::of(any::<i64>()), 7), 0..i64::MAX);
    (texts, numbers, vec(track(), 0..4), option::of(any::<bool>()), unknown()).prop_map(
        |((name, description), (numbers, pid), tracks, collaborative, other)| {
            json!({
                "name": name, "description": description, "pid": pid, "tracks": tracks, "aaa": other, "zzz": other,
                "collaborative": collaborative.map(|value| value.to_string()),
                "modified_at": numbers[0], "num_tracks": numbers[1], "num_albums": numbers[2],
                "num_artists": numbers[3], "num_followers": numbers[4], "num_edits": numbers[5],
                "duration_ms": numbers[6],
            })
        },
    )
}

fn track() -> impl Strategy<Value = Value> {
    let uri = prop_oneof!["spotify:track:[0-9A-Za-z]{22}", "item:[0-9]{1,4}"];
    (any::<i64>(), uri, vec(option::of(text()), 5), option::of(any::<i64>()), option::weighted(0.2, unknown()))
        .prop_map(|(pos, uri, texts, duration_ms, other)| {
            let mut track = json!({
                "pos": pos, "track_uri": uri, "duration_ms": duration_ms, "track_name": texts[0],
                "artist_uri": texts[1], "artist_name": texts[2], "album_uri": texts[3], "album_name": texts[4],
            });
            // Most tracks of a document are written alike, as in the data set, and some are not.
            if let Some(other) = other {
                track["other"] = other;
            }
            track
        })
}

/// Any characters, control characters, quotes and those beyond the basic plane included.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

/// The value of a field that nobody asked for.
fn unknown() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let object = prop::collection::btree_map(text(), inner.clone(), 0..3);
        prop_oneof![vec(inner, 0..3).prop_map(Value::from), object.prop_map(|object| json!(object))]
    })
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![Just(Style::Compact), Just(Style::Pretty), Just(Style::Ascii)]
}

/// Sizes of the pieces in which the bytes come.
fn pieces() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1_usize..8, 1_usize..400], 1..12)
}

fn write(value: &Value, style: Style) -> String {
    let text = match style {
        Style::Compact => serde_json::to_string(value).unwrap(),
        Style::Pretty | Style::Ascii => serde_json::to_string_pretty(value).unwrap(),
    };
    if matches!(style, Style::Ascii) { escaped(&text) } else { text }
}

fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => result.push(char::from(byte)),
            _ => result.push_str(&format!("\\u{unit:04x}")),
        }
    }
    result
}

/// What a playlist must be read as: the known fields, the flag as a boolean.
fn expected(playlist: &Value) -> Value {
    let mut known = with_keys(playlist, &PLAYLIST_KEYS);
    if let Some(flag) = playlist["collaborative"].as_str() {
        known["collaborative"] = Value::from(flag == "true");
    }
    let tracks = playlist["tracks"].as_array().unwrap();
    known["tracks"] = tracks.iter().map(|track| Value::from(with_keys(track, &TRACK_KEYS))).collect();
    Value::from(known)
}
