//! Fields of slices that the scan passes over, so that somebody can be told when a delivery has new ones.
//!
//! The beginning of a slice is looked at, some hundred playlists: a field that playlists or tracks have from now on is in
//! there. It is read as text with brackets, as whatever is wrong with it is the scan's to say.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::error::Result;
use object_store::{ObjectMeta, ObjectStore};

use super::{
    TRACKS,
    input::{SliceInput, layout_of},
    json::Layout,
    schema::{playlists_schema, track_fields},
};

/// Bytes of a slice that are fetched.
const FETCHED: u64 = 256 * 1024;
/// Bytes of its text that are looked at.
const LOOKED_AT: usize = 1024 * 1024;
/// Fields that are told at most, and bytes of a name.
const MOST: usize = 20;
const LONGEST: usize = 64;
/// Nesting that is followed.
const DEEPEST: usize = 64;

/// Fields of the playlists and tracks of a slice that no table has, such as `playlists[].mood`.
///
/// # Errors
/// As a scan, if the slice cannot be fetched.
pub async fn unknown_fields(store: Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<BTreeSet<String>> {
    let mut input = SliceInput::open(store, &file.location, file.size.min(FETCHED)).await?;
    // What is cut off in the middle ends there, compressed or not.
    input.refill(0).await?;
    let text = input.buffer();
    let known = known(layout_of(&file.location));
    let found = paths(&text[..text.len().min(LOOKED_AT)]).into_iter();
    Ok(found.filter(|path| is_news(path, &known)).take(MOST).collect())
}

/// The fields that the scan knows, and where it finds them.
fn known(layout: Layout) -> BTreeSet<String> {
    let playlist = if layout == Layout::Slice { "playlists[]." } else { "" };
    let of_playlist = playlists_schema(track_fields());
    let of_playlist = of_playlist.fields().iter().map(|field| field.name()).filter(|name| !name.starts_with('_'));
    let mut known: BTreeSet<String> = of_playlist.map(|name| format!("{playlist}{name}")).collect();
    known.extend(track_fields().iter().map(|field| format!("{playlist}{TRACKS}[].{}", field.name())));
    if layout == Layout::Slice {
        known.extend(["info".to_owned(), "playlists".to_owned()]);
    }
    known
}

/// Whether a path is a field beside known ones: what is within `info`, or within a new field, is not told by itself.
fn is_news(path: &str, known: &BTreeSet<String>) -> bool {
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let is_place = |parent: &str| ["", "playlists[]", "playlists[].tracks[]", "tracks[]"].contains(&parent);
    !known.contains(path) && is_place(parent)
}

/// A value that is not at its end.
enum Open {
    Object { key: String, at_key: bool },
    Array,
}

/// Paths of all keys of a text that may end anywhere.
fn paths(text: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < text.len() && open.len() <= DEEPEST {
        match text[at] {
            b'{' => open.push(Open::Object { key: String::new(), at_key: true }),
            b'[' => open.push(Open::Array),
            b'}' | b']' => drop(open.pop()),
            b',' | b':' => {
                if let Some(Open::Object { at_key, .. }) = open.last_mut() {
                    *at_key = text[at] == b',';
                }
            }
            b'"' => {
                let Some(end) = end_of_string(text, at + 1) else { break };
                if let Some(Open::Object { key, at_key: true }) = open.last_mut() {
                    *key = String::from_utf8_lossy(&text[at + 1..end.min(at + 1 + LONGEST)]).into_owned();
                    found.insert(path(&open));
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Where the quotation mark is that ends a string.
fn end_of_string(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

fn path(open: &[Open]) -> String {
    let mut path = String::new();
    for value in open {
        match value {
            Open::Object { key, .. } if path.is_empty() => path.push_str(key),
            Open::Object { key, .. } => {
                path.push('.');
                path.push_str(key);
            }
            Open::Array => path.push_str("[]"),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use object_store::{ObjectStoreExt, memory::InMemory, path::Path};

    use super::*;

    async fn found(name: &str, text: &[u8]) -> Vec<String> {
        let store = InMemory::new();
        let path = Path::from(name);
        store.put(&path, text.to_vec().into()).await.unwrap();
        let file = store.head(&path).await.unwrap();
        unknown_fields(Arc::new(store), &file).await.unwrap().into_iter().collect()
    }

    const SLICE: &str = r#"{"info": {"version": "v2", "by": {"x": 1}}, "licence": "x", "playlists": [
        {"pid": 1, "name": "a \"mood\": {", "mood": {"tracks": [{"pos": 1}]}, "tracks": [
            {"pos": 0, "track_uri": "spotify:track:a", "isrc": "X", "features": {"tempo": 120.5}}]}]}"#;

    #[tokio::test]
    async fn new_fields_of_slices_playlists_and_tracks_are_found() {
        let expected = ["licence", "playlists[].mood", "playlists[].tracks[].features", "playlists[].tracks[].isrc"];
        assert_eq!(found("a.json", SLICE.as_bytes()).await, expected);
        let line = br#"{"pid": 1, "tracks": [{"pos": 0, "track_uri": "a:b", "isrc": "X"}], "mood": null}"#;
        assert_eq!(found("a.jsonl", line).await, ["mood", "tracks[].isrc"]);
    }

    #[tokio::test]
    async fn a_usual_slice_has_none() {
        let folder = tempfile::TempDir::new().unwrap();
        let options = sample::SampleOptions { slices: 1, playlists_per_slice: 20, ..sample::SampleOptions::default() };
        let slices = sample::write_slices(folder.path(), &options, &|_| ());
        assert!(slices.is_ok());
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let text = std::fs::read(entry.unwrap().path()).unwrap();
            assert_eq!(found("a.json", &text).await, [] as [&str; 0]);
            // Wherever it is cut off.
            for length in (0..text.len()).step_by(997) {
                assert_eq!(found("a.json", &text[..length]).await, [] as [&str; 0], "{length} bytes");
            }
        }
    }

    #[tokio::test]
    async fn compressed_slices_are_looked_into_as_well() {
        use std::io::Write;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(SLICE.as_bytes()).unwrap();
        let text = gz.finish().unwrap();
        assert_eq!(found("a.json.gz", &text).await.len(), 4);
    }

    #[test]
    fn text_that_is_no_json_ends_somewhere() {
        for text in ["", "\"", "{\"a", "{\"a\\", "}}}]]", "[[[[", "{{{{\"a\":", "nil", "{\"a\":\"\\\"}"] {
            paths(text.as_bytes());
        }
        assert!(paths("[".repeat(100_000).as_bytes()).is_empty());
    }
}
