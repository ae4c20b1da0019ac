//! The tracks that a model knows.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::{Item, Sequences, Track, TrackId};
use crate::{Error, Result, config::VocabularyConfig};

/// The tracks that a model knows, the most popular first. The place of a track is its [`Item`], and with it its row in
/// every tensor; hence the hash, by which weights and vocabulary recognise each other.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    tracks: Vec<Track>,
    items: HashMap<String, Item>,
}

impl Vocabulary {
    /// Takes tracks in the order of their items.
    ///
    /// # Errors
    /// [`Error::Data`] if an address occurs twice.
    pub fn try_new(tracks: Vec<Track>) -> Result<Self> {
        let mut items = HashMap::with_capacity(tracks.len());
        for (index, track) in (0..).zip(&tracks) {
            if items.insert(track.track_uri.clone(), Item(index)).is_some() {
                let problem = format!("has the address {} twice; addresses must be unique", track.track_uri);
                return Err(Error::Data { table: "tracks", problem });
            }
        }
        Ok(Self { tracks, items })
    }

    /// Number of tracks.
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// Whether no track is known.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// All tracks in the order of their items.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// The track at an item's place.
    pub fn track(&self, item: Item) -> &Track {
        &self.tracks[item.index()]
    }

    /// The item with an address, where the model knows it.
    pub fn item(&self, track_uri: &str) -> Option<Item> {
        self.items.get(track_uri).copied()
    }

    /// Training playlists that hold each track.
    pub fn train_counts(&self) -> Vec<u32> {
        self.tracks.iter().map(|track| track.train_count).collect()
    }

    /// SHA-256 over the addresses in order, in hexadecimal.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for track in &self.tracks {
            hasher.update(track.track_uri.as_bytes());
            hasher.update(b"\n");
        }
        hex(&hasher.finalize())
    }
}

/// Chooses the tracks of a vocabulary from the training playlists alone: those that enough playlists hold, the most
/// popular first, ties by key.
///
/// # Errors
/// [`Error::Data`] if none is left.
pub(crate) fn choose_tracks(train: &Sequences<TrackId>, config: &VocabularyConfig) -> Result<Vec<(TrackId, u32)>> {
    let mut counts: HashMap<TrackId, u32> = HashMap::new();
    let mut distinct = Vec::new();
    for playlist in train.rows() {
        distinct.clear();
        distinct.extend_from_slice(playlist);
        distinct.sort_unstable();
        distinct.dedup();
        for &track in &distinct {
            *counts.entry(track).or_default() += 1;
        }
    }
    let mut chosen: Vec<_> = counts.into_iter().filter(|&(_, count)| count >= config.min_count).collect();
    chosen.sort_unstable_by_key(|&(track, count)| (std::cmp::Reverse(count), track));
    chosen.truncate(config.max_items);
    if chosen.is_empty() {
        let problem = format!(
            "has no track in {} or more training playlists; lower `vocabulary.min_count` or land more playlists",
            config.min_count
        );
        return Err(Error::Data { table: "sequences", problem });
    }
    Ok(chosen)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_are_chosen_by_playlists_not_by_rows() {
        let config = |min_count, max_items| VocabularyConfig { min_count, max_items };
        // Track 7 stands three times in one playlist: one playlist holds it.
        let playlists: &[&[u32]] = &[&[7, 7, 7, 5], &[5, 9], &[9, 5, 1]];
        check(playlists, &config(1, 10), &[(5, 3), (9, 2), (1, 1), (7, 1)]);
        check(playlists, &config(2, 10), &[(5, 3), (9, 2)]);
        check(playlists, &config(1, 1), &[(5, 3)]);
    }

    #[track_caller]
    fn check(playlists: &[&[u32]], config: &VocabularyConfig, expected: &[(u32, u32)]) {
        let train: Sequences<_> = playlists.iter().map(|list| list.iter().copied().map(TrackId)).collect();
        let chosen: Vec<_> =
            choose_tracks(&train, config).unwrap().into_iter().map(|(id, count)| (id.0, count)).collect();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn a_vocabulary_without_tracks_is_refused() {
        let train: Sequences<_> = [[TrackId(1)]].into_iter().collect();
        let config = VocabularyConfig { min_count: 2, max_items: 10 };
        assert!(choose_tracks(&train, &config).unwrap_err().to_string().contains("vocabulary.min_count"));
    }

    #[test]
    fn hash_depends_on_addresses_and_their_order() {
        let vocabulary = |uris: &[&str]| Vocabulary::try_new(uris.iter().map(|uri| track(uri)).collect()).unwrap();
        assert_eq!(vocabulary(&["a", "b"]).hash(), vocabulary(&["a", "b"]).hash());
        assert_ne!(vocabulary(&["a", "b"]).hash(), vocabulary(&["b", "a"]).hash());
        assert_ne!(vocabulary(&["ab"]).hash(), vocabulary(&["a", "b"]).hash());
        assert!(Vocabulary::try_new(vec![track("a"), track("a")]).is_err());
    }

    fn track(uri: &str) -> Track {
        Track {
            track_uri: uri.to_owned(),
            track_name: String::new(),
            artist_uri: String::new(),
            artist_name: String::new(),
            album_uri: String::new(),
            train_count: 1,
        }
    }
}
