//! Reads slices back, by serde alone: nothing here knows how they were written.

use std::collections::HashSet;

use sample::{Generator, SampleOptions};
use serde::Deserialize;

/// A slice, as far as the tests look at it.
#[derive(Debug, Deserialize)]
pub(crate) struct Slice {
    pub(crate) playlists: Vec<Playlist>,
}

/// A playlist.
#[derive(Debug, Deserialize)]
pub(crate) struct Playlist {
    pub(crate) name: String,
    pub(crate) collaborative: String,
    pub(crate) num_followers: u32,
    pub(crate) num_edits: u32,
    pub(crate) description: Option<String>,
    pub(crate) tracks: Vec<Track>,
}

/// A row of a playlist.
#[derive(Debug, Deserialize)]
pub(crate) struct Track {
    pub(crate) track_uri: String,
    pub(crate) duration_ms: u32,
}

impl Playlist {
    /// Returns the number of different tracks.
    pub(crate) fn distinct_tracks(&self) -> usize {
        self.tracks.iter().map(|track| &track.track_uri).collect::<HashSet<_>>().len()
    }
}

/// Makes one slice in memory.
pub(crate) fn bytes(options: &SampleOptions, slice: u32) -> Vec<u8> {
    made_by(&Generator::try_new(options).unwrap(), slice)
}

/// Makes all slices and returns their playlists.
pub(crate) fn playlists(options: &SampleOptions) -> Vec<Playlist> {
    let generator = Generator::try_new(options).unwrap();
    let parse = |slice| serde_json::from_slice::<Slice>(&made_by(&generator, slice)).unwrap().playlists;
    (0..options.slices).flat_map(parse).collect()
}

fn made_by(generator: &Generator, slice: u32) -> Vec<u8> {
    let mut out = Vec::new();
    generator.write_slice(slice, &mut out).unwrap();
    out
}
