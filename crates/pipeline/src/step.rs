//! The steps by name and order.

use std::{fmt, str::FromStr};

use serde::Serialize;

/// A step of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What cannot be used of the raw slices.
    Quarantine,
    /// The playlists.
    Playlists,
    /// Their tracks.
    PlaylistTracks,
    /// Every track once.
    Tracks,
    /// What the trainer reads.
    Sequences,
    /// Which tracks go together.
    TrackCooccurrence,
    /// Trains and evaluates a model.
    Train,
    /// Predicts the next tracks of every playlist.
    Predict,
    /// Makes the predictions current in the database.
    Publish,
}

impl Step {
    /// All steps in the order in which they run.
    pub const ALL: [Self; 9] = [
        Self::Quarantine,
        Self::Playlists,
        Self::PlaylistTracks,
        Self::Tracks,
        Self::Sequences,
        Self::TrackCooccurrence,
        Self::Train,
        Self::Predict,
        Self::Publish,
    ];

    /// Name of the step, and of the table that it writes if it is one of SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Playlists => "playlists",
            Self::PlaylistTracks => "playlist_tracks",
            Self::Tracks => "tracks",
            Self::Sequences => "sequences",
            Self::TrackCooccurrence => "track_cooccurrence",
            Self::Train => "train",
            Self::Predict => "predict",
            Self::Publish => "publish",
        }
    }

    /// The query of a step of SQL.
    pub fn sql(self) -> Option<&'static str> {
        match self {
            Self::Quarantine => Some(include_str!("../../../sql/pipeline/quarantine.sql")),
            Self::Playlists => Some(include_str!("../../../sql/pipeline/playlists.sql")),
            Self::PlaylistTracks => Some(include_str!("../../../sql/pipeline/playlist_tracks.sql")),
            Self::Tracks => Some(include_str!("../../../sql/pipeline/tracks.sql")),
            Self::Sequences => Some(include_str!("../../../sql/pipeline/sequences.sql")),
            Self::TrackCooccurrence => Some(include_str!("../../../sql/pipeline/track_cooccurrence.sql")),
            Self::Train | Self::Predict | Self::Publish => None,
        }
    }

    /// Query whose rows, if there are any, forbid the step.
    pub fn check_sql(self) -> Option<&'static str> {
        match self {
            Self::Playlists => Some(include_str!("../../../sql/checks/duplicate_pids.sql")),
            _ => None,
        }
    }

    /// Whether a result without rows is a success.
    pub(crate) fn may_be_empty(self) -> bool {
        matches!(self, Self::Quarantine)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|step| step.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|step| step.name()).collect();
            format!("unknown step `{text}`: expected one of {}", names.join(", "))
        })
    }
}
