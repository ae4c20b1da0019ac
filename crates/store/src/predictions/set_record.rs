//! What is known of a set of predictions.

use serde::Serialize;

use crate::backend::Row;
use crate::{ModelId, RunId, SetId, SetState};

/// A set as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetRecord {
    /// Its id.
    pub set_id: SetId,
    /// The run that loaded it last.
    pub run_id: Option<RunId>,
    /// The model that predicted.
    pub model_id: ModelId,
    /// How it stands.
    pub state: SetState,
    /// Whether readers see it.
    pub is_current: bool,
    /// When it was begun first.
    pub begun_at_us: i64,
    /// When it became current last.
    pub published_at_us: Option<i64>,
    /// Its rows, as counted when it was published.
    pub rows: Option<u64>,
    /// Its playlists, as counted when it was published.
    pub playlists: Option<u64>,
}

impl SetRecord {
    /// Reads a row of `prediction_sets` with the column `is_current` beside it.
    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        let run_id = row.optional_text("run_id")?;
        Ok(Self {
            set_id: row.parsed("set_id", str::parse::<SetId>)?,
            run_id: run_id.map(|_| row.parsed("run_id", str::parse::<RunId>)).transpose()?,
            model_id: row.parsed("model_id", str::parse::<ModelId>)?,
            state: row.parsed("state", SetState::parse)?,
            is_current: row.int("is_current")? != 0,
            begun_at_us: row.int("begun_at_us")?,
            published_at_us: row.optional_int("published_at_us")?,
            rows: row.optional_count("row_count")?,
            playlists: row.optional_count("playlist_count")?,
        })
    }
}
