//! The steps by name and order.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::OwnStep;

/// A step of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// One of SQL that somebody's own pipeline file brings.
    Own(&'static OwnStep),
}

impl Step {
    /// All steps that the program knows, in the order in which they run.
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
            Self::Own(own) => own.name,
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
            Self::Own(own) => Some(own.sql),
        }
    }

    /// Name of the table of the lake that the step writes.
    pub fn table(self) -> Option<&'static str> {
        match self {
            Self::Predict => Some("predictions"),
            Self::Train | Self::Publish => None,
            _ => Some(self.name()),
        }
    }

    /// Names of the tables of the lake that the step reads.
    pub fn inputs(self) -> &'static [&'static str] {
        match self {
            Self::Quarantine | Self::Playlists | Self::PlaylistTracks => &[],
            Self::Tracks => &["playlist_tracks"],
            Self::Sequences => &["playlists", "playlist_tracks", "tracks"],
            Self::TrackCooccurrence => &["sequences"],
            Self::Train => &["sequences", "tracks", "track_cooccurrence"],
            Self::Predict => &["sequences", "tracks"],
            Self::Publish => &["predictions", "tracks"],
            Self::Own(own) => own.reads,
        }
    }

    /// Column that tells which slice a row is from, of a table that is made from slices.
    pub fn slice_column(self) -> Option<&'static str> {
        match self {
            Self::Quarantine => Some("file"),
            Self::Playlists | Self::PlaylistTracks => Some("source_file"),
            _ => None,
        }
    }

    /// Whether a result without rows is a success.
    pub(crate) fn may_be_empty(self) -> bool {
        match self {
            Self::Quarantine => true,
            Self::Own(own) => own.may_be_empty,
            _ => false,
        }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_those_that_the_queries_name() {
        for step in Step::ALL {
            let Some(sql) = step.sql() else { continue };
            let header = sql.lines().find_map(|line| line.strip_prefix("-- inputs:")).unwrap();
            let named: Vec<&str> = header.split(['(', ',']).map(str::trim).collect();
            let tables = Step::ALL.into_iter().filter_map(Step::table);
            let read: Vec<&str> = tables.filter(|table| named.contains(table)).collect();
            let mut expected = step.inputs().to_vec();
            expected.sort_unstable_by_key(|table| Step::ALL.iter().position(|step| step.table() == Some(table)));
            assert_eq!(read, expected, "{step}");
        }
    }
}
