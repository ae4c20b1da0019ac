//! `challenge_set.json`.

use std::path::Path;

use serde::Deserialize;

use crate::{Error, Result};

/// The playlists of the challenge, of each of which a part is shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChallengeSet {
    /// The playlists.
    pub playlists: Vec<ChallengePlaylist>,
}

/// What is shown of a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChallengePlaylist {
    /// Key of the playlist.
    pub pid: i64,
    /// Title, in eight categories of ten.
    #[serde(default)]
    pub name: Option<String>,
    /// The tracks that are shown.
    pub tracks: Vec<ChallengeTrack>,
}

/// A track that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChallengeTrack {
    /// Place in the whole playlist.
    pub pos: u32,
    /// Address.
    pub track_uri: String,
}

impl ChallengeSet {
    /// Reads the file; tracks come into the order of their places.
    ///
    /// # Errors
    /// [`Error::ChallengeSet`] if it cannot be read or is none.
    pub fn from_file(path: &Path) -> Result<Self> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::ChallengeSet {
            path: path.display().to_string(),
            source,
        };
        let text = std::fs::read(path).map_err(|error| failed(error.into()))?;
        let mut set: Self = serde_json::from_slice(&text).map_err(|error| failed(error.into()))?;
        set.playlists.iter_mut().for_each(|playlist| playlist.tracks.sort_by_key(|track| track.pos));
        Ok(set)
    }
}
