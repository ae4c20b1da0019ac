//! Which artist a track is by.

use std::collections::HashMap;

use super::TrackId;

/// Number of an artist, only good for telling artists apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArtistId(u32);

/// Artist of every track of the lake, also of those that the model does not know: metrics need them.
#[derive(Debug, Clone, Default)]
pub struct ArtistIndex {
    numbers: HashMap<String, ArtistId>,
    artists: Vec<Option<ArtistId>>,
}

impl ArtistIndex {
    /// Notes the artist of a track.
    pub fn insert(&mut self, track: TrackId, artist_uri: &str) {
        let next = ArtistId(u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
        let artist = match self.numbers.get(artist_uri) {
            Some(&artist) => artist,
            None => *self.numbers.entry(artist_uri.to_owned()).or_insert(next),
        };
        if self.artists.len() <= track.index() {
            self.artists.resize(track.index() + 1, None);
        }
        self.artists[track.index()] = Some(artist);
    }

    /// Artist of a track, where it is known.
    pub fn artist(&self, track: TrackId) -> Option<ArtistId> {
        self.artists.get(track.index()).copied().flatten()
    }
}
