//! What is known of a track.

use serde::Serialize;

use crate::Error;
use crate::backend::Row;
use crate::text::{check_ascii, check_length};

/// The most bytes of a name; it is what `TEXT` holds.
const MAX_NAME_BYTES: usize = 65_535;

/// A track and its attributes, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Track {
    /// Its URI, such as `spotify:track:4cOdK2wGLETKBW3PvgPWqT`: 1 to 64 visible ASCII characters.
    pub track_uri: String,
    /// Its name.
    pub track_name: Option<String>,
    /// The artist's name.
    pub artist_name: Option<String>,
    /// The album's name.
    pub album_name: Option<String>,
    /// The artist's URI: 1 to 64 visible ASCII characters.
    pub artist_uri: Option<String>,
    /// The album's URI: 1 to 64 visible ASCII characters.
    pub album_uri: Option<String>,
    /// Its length, in milliseconds.
    pub duration_ms: Option<u32>,
}

impl Track {
    /// A track of which only the URI is known.
    #[must_use]
    pub fn unnamed(track_uri: impl Into<String>) -> Self {
        Self {
            track_uri: track_uri.into(),
            track_name: None,
            artist_name: None,
            album_name: None,
            artist_uri: None,
            album_uri: None,
            duration_ms: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_uri("track_uri", &self.track_uri)?;
        for (field, uri) in [("artist_uri", &self.artist_uri), ("album_uri", &self.album_uri)] {
            uri.as_deref().map_or(Ok(()), |uri| check_uri(field, uri))?;
        }
        let names =
            [("track_name", &self.track_name), ("artist_name", &self.artist_name), ("album_name", &self.album_name)];
        for (field, name) in names {
            check_length(field, name.as_deref().unwrap_or_default(), MAX_NAME_BYTES, "at most 65535 bytes")?;
        }
        Ok(())
    }

    /// About how many bytes it adds to a statement.
    pub(super) fn statement_bytes(&self) -> usize {
        let texts = [&self.track_name, &self.artist_name, &self.album_name, &self.artist_uri, &self.album_uri];
        64 + self.track_uri.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            track_uri: row.text("track_uri")?,
            track_name: row.optional_text("track_name")?,
            artist_name: row.optional_text("artist_name")?,
            album_name: row.optional_text("album_name")?,
            artist_uri: row.optional_text("artist_uri")?,
            album_uri: row.optional_text("album_uri")?,
            duration_ms: row.optional_small_count("duration_ms")?,
        })
    }
}

/// Refuses what is not a URI of a track, an artist or an album.
pub(crate) fn check_uri(field: &'static str, uri: &str) -> Result<(), Error> {
    check_ascii(field, uri, 64, "1 to 64 visible ASCII characters")
}
