//! Tests of the parser, token by token, document by document, and on generated documents cut anywhere.

mod cursor;
mod document;
mod properties;
mod track_shape;

use serde_json::{Map, Value, json};

use super::{Document, FaultKind, Layout, Playlist, RawString, Step, Track, unescape};

/// What a text that ends too early is called.
const INCOMPLETE: &str = "the file ends in the middle of a value; it is cut off or empty";

/// What was read of a text: its playlists, and how it ended.
#[derive(Debug, PartialEq)]
struct Reading {
    playlists: Vec<Value>,
    end: Result<(), String>,
}

impl Reading {
    fn pids(&self) -> Vec<i64> {
        self.playlists.iter().filter_map(|playlist| playlist["pid"].as_i64()).collect()
    }
}

/// Reads a text whose bytes come in pieces of these sizes, over and over, as the scan reads a file.
fn read(layout: Layout, text: &[u8], pieces: &[usize]) -> Reading {
    let mut pieces = pieces.iter().cycle();
    let mut document = Document::new(layout);
    let mut playlists = Vec::new();
    let (mut start, mut end, mut at, mut last) = (0, 0, 0, false);
    loop {
        let mut playlist = Playlist::default();
        match document.next(&text[start..end], &mut at, last, &mut playlist) {
            Ok(Step::Playlist) => playlists.push(to_json(&playlist)),
            Ok(Step::End) => return Reading { playlists, end: Ok(()) },
            Err(fault) if fault.kind == FaultKind::Incomplete && !last => {
                start += at;
                at = 0;
                last = end == text.len();
                end = text.len().min(end + pieces.next().copied().unwrap_or(usize::MAX / 2));
            }
            Err(fault) => return Reading { playlists, end: Err(fault.kind.to_string()) },
        }
    }
}

/// All values of a playlist; one that is absent is null.
fn to_json(playlist: &Playlist<'_>) -> Value {
    json!({
        "name": text(playlist.name),
        "description": text(playlist.description),
        "collaborative": playlist.collaborative,
        "pid": playlist.pid,
        "modified_at": playlist.modified_at,
        "num_tracks": playlist.num_tracks,
        "num_albums": playlist.num_albums,
        "num_artists": playlist.num_artists,
        "num_followers": playlist.num_followers,
        "num_edits": playlist.num_edits,
        "duration_ms": playlist.duration_ms,
        "tracks": playlist.tracks.iter().map(track_to_json).collect::<Vec<_>>(),
    })
}

fn track_to_json(track: &Track<'_>) -> Value {
    json!({
        "pos": track.pos,
        "track_uri": text(Some(track.track_uri)),
        "track_name": text(track.track_name),
        "artist_uri": text(track.artist_uri),
        "artist_name": text(track.artist_name),
        "album_uri": text(track.album_uri),
        "album_name": text(track.album_name),
        "duration_ms": track.duration_ms,
    })
}

fn text(raw: Option<RawString<'_>>) -> Option<String> {
    raw.map(|raw| {
        let mut text = Vec::new();
        unescape(raw, &mut text);
        String::from_utf8(text).unwrap()
    })
}

/// The same object with these keys only, those that it lacks being null.
fn with_keys(object: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter().map(|key| ((*key).to_owned(), object[*key].clone())).collect()
}
