//! One slice: a header, playlists, and the punctuation between them.

use super::escape::push_string;
use crate::catalog::{Catalog, Entity, Track, push_uri};
use crate::naming::{push_album_name, push_artist_name, push_track_name};
use crate::playlist::Playlist;

/// When the slices claim to have been made: fixed, so that equal options give equal bytes.
const GENERATED_ON: &str = "2017-12-03 08:41:42.057563";

/// Appends a slice's JSON to a buffer that its owner may empty between calls.
///
/// Layout and key order are those of the MPD; items are separated by a comma *and a space*, then a
/// line break, as Python 2's `json.dump(…, indent=4)` does. The last line has no line break.
#[derive(Debug)]
pub(crate) struct SliceWriter<'a> {
    catalog: &'a Catalog,
    out: Vec<u8>,
    name: String,
    playlists: u32,
}

impl<'a> SliceWriter<'a> {
    /// Starts the slice that holds the pids from `start` to `end`, both included.
    pub(crate) fn new(catalog: &'a Catalog, start: u32, end: u32) -> Self {
        let mut out = Vec::new();
        for part in [
            "{\n    \"info\": {\n        \"generated_on\": \"",
            GENERATED_ON,
            "\", \n        \"slice\": \"",
            &format!("{start}-{end}"),
            "\", \n        \"version\": \"v1\"\n    }, \n    \"playlists\": [\n",
        ] {
            out.extend_from_slice(part.as_bytes());
        }
        Self { catalog, out, name: String::new(), playlists: 0 }
    }

    /// Returns what was written and not yet taken.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// Appends the end of the slice.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(b"\n    ]\n}");
        self.out
    }

    /// Appends one playlist.
    pub(crate) fn push(&mut self, playlist: &Playlist) {
        let duration_ms: u64 = playlist.tracks.iter().map(|&track| u64::from(self.catalog.duration_ms(track))).sum();
        self.raw(if self.playlists == 0 { "        {\n" } else { ", \n        {\n" });
        self.playlists += 1;
        self.raw("            \"name\": ");
        push_string(&playlist.title, &mut self.out);
        self.raw(if playlist.collaborative { COLLABORATIVE } else { NOT_COLLABORATIVE });
        self.number(u64::from(playlist.pid));
        self.raw(", \n            \"modified_at\": ");
        self.number(u64::from(playlist.modified_at));
        self.raw(", \n            \"num_tracks\": ");
        self.number(playlist.tracks.len() as u64);
        self.raw(", \n            \"num_albums\": ");
        self.number(distinct(playlist.tracks.iter().map(|track| track.album)));
        self.raw(", \n            \"num_followers\": ");
        self.number(u64::from(playlist.followers));
        self.raw(", \n            \"tracks\": [\n");
        for (position, &track) in (0..).zip(&playlist.tracks) {
            self.track(position, track);
        }
        self.raw("\n            ], \n            \"num_edits\": ");
        self.number(u64::from(playlist.edits));
        self.raw(", \n            \"duration_ms\": ");
        self.number(duration_ms);
        self.raw(", \n            \"num_artists\": ");
        self.number(distinct(playlist.tracks.iter().map(|track| track.artist)));
        if let Some(description) = &playlist.description {
            self.raw(", \n            \"description\": ");
            push_string(description, &mut self.out);
        }
        self.raw("\n        }");
    }

    fn track(&mut self, position: u64, track: Track) {
        let catalog = self.catalog;
        self.raw(if position == 0 { FIRST_TRACK } else { NEXT_TRACK });
        self.number(position);
        self.raw(", \n                    \"artist_name\": ");
        self.name(|name| push_artist_name(catalog, track.artist, track.scene, name));
        self.raw(", \n                    \"track_uri\": \"");
        push_uri(catalog.key, Entity::Track(track.id), &mut self.out);
        self.raw("\", \n                    \"artist_uri\": \"");
        push_uri(catalog.key, Entity::Artist(track.artist), &mut self.out);
        self.raw("\", \n                    \"track_name\": ");
        self.name(|name| push_track_name(catalog, track, name));
        self.raw(", \n                    \"album_uri\": \"");
        push_uri(catalog.key, Entity::Album(track.album), &mut self.out);
        self.raw("\", \n                    \"duration_ms\": ");
        self.number(u64::from(catalog.duration_ms(track)));
        self.raw(", \n                    \"album_name\": ");
        self.name(|name| push_album_name(catalog, track, name));
        self.raw("\n                }");
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn name(&mut self, push: impl FnOnce(&mut String)) {
        self.name.clear();
        push(&mut self.name);
        push_string(&self.name, &mut self.out);
    }
}

const COLLABORATIVE: &str = ", \n            \"collaborative\": \"true\", \n            \"pid\": ";
const NOT_COLLABORATIVE: &str = ", \n            \"collaborative\": \"false\", \n            \"pid\": ";
const FIRST_TRACK: &str = "                {\n                    \"pos\": ";
const NEXT_TRACK: &str = ", \n                {\n                    \"pos\": ";

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> u64 {
    let mut ids: Vec<T> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len() as u64
}
