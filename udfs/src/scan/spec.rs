//! What a scan of raw slices yields, and what it does about bad input.

use std::collections::BTreeSet;

use arrow::datatypes::{Fields, SchemaRef};
use datafusion::error::{DataFusionError, Result};
use serde::{Deserialize, Serialize};

use super::schema::{playlists_schema, rejects_schema, track_fields, tracks_schema};

/// The rows that a scan yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The playlists that can be used.
    Playlists,
    /// The tracks of these playlists: `tracks` is the track itself, the other columns are its playlist's. The optimizer
    /// makes this of an `unnest` right above the scan.
    Tracks,
    /// One row for each playlist, or rest of a file, that cannot.
    Rejects,
}

/// What a scan does when it meets a playlist that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadInput {
    /// The query fails and names file, byte offset and JSON path.
    #[default]
    Fail,
    /// The playlist is left out here and found among the rejects with its reason.
    Quarantine,
}

/// Everything about a scan but its files and columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScanSpec {
    /// The rows that it yields.
    pub content: Content,
    /// What it does about bad input; rejects never fail on it.
    pub bad_input: BadInput,
    /// Fields of each track that `tracks` has; `None` means all of them.
    pub track_fields: Option<BTreeSet<String>>,
}

impl ScanSpec {
    /// A scan of playlists with all fields of their tracks.
    pub fn playlists(bad_input: BadInput) -> Self {
        Self { content: Content::Playlists, bad_input, track_fields: None }
    }

    /// A scan of what cannot be used.
    pub fn rejects() -> Self {
        Self { content: Content::Rejects, bad_input: BadInput::Quarantine, track_fields: None }
    }

    /// Fields of the tracks that the scan builds.
    ///
    /// # Errors
    /// A plan error if a name is not a field of a track.
    pub(crate) fn projected_track_fields(&self) -> Result<Fields> {
        let all = track_fields();
        let Some(wanted) = &self.track_fields else { return Ok(all) };
        if let Some(unknown) = wanted.iter().find(|name| all.find(name).is_none()) {
            return Err(DataFusionError::Plan(format!("tracks have no field `{unknown}`")));
        }
        Ok(all.iter().filter(|field| wanted.contains(field.name())).cloned().collect())
    }

    /// Schema of the rows.
    ///
    /// # Errors
    /// A plan error if a name in [`Self::track_fields`] is not a field of a track.
    pub fn schema(&self) -> Result<SchemaRef> {
        match self.content {
            Content::Playlists => Ok(playlists_schema(self.projected_track_fields()?)),
            Content::Tracks => Ok(tracks_schema(self.projected_track_fields()?)),
            Content::Rejects => Ok(rejects_schema()),
        }
    }
}
