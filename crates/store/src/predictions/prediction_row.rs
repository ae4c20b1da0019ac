//! One predicted track, as it is written and as it is read.

use serde::Serialize;

use crate::backend::Row;
use crate::text::invalid;
use crate::tracks::check_uri;
use crate::{Error, Track};

/// A predicted track to load.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionRow {
    /// The playlist (`pid` in the Million Playlist Dataset); not negative.
    pub playlist_id: i64,
    /// The rank in the playlist's list: 1 for the best, then 2 and so on without a gap.
    pub rank_no: u16,
    /// The track's URI: 1 to 64 visible ASCII characters.
    pub track_uri: String,
    /// The model's score; finite.
    pub score: f32,
}

/// A predicted track of the current set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// The rank, from 1.
    pub rank_no: u16,
    /// The model's score.
    pub score: f32,
    /// The track, with its names as far as they are known.
    pub track: Track,
}

impl PredictionRow {
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.playlist_id < 0 {
            return Err(invalid("playlist_id", &self.playlist_id.to_string(), "a number from 0"));
        }
        if self.rank_no == 0 {
            return Err(invalid("rank_no", "0", "a number from 1"));
        }
        if !self.score.is_finite() {
            return Err(invalid("score", &self.score.to_string(), "a finite number"));
        }
        check_uri("track_uri", &self.track_uri)
    }
}

impl Recommendation {
    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self { rank_no: row.small_count("rank_no")?, score: row.real("score")?, track: Track::from_row(row)? })
    }
}
