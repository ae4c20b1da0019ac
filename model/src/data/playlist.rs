//! One row of the `sequences` table.

use arrow::array::{Array, AsArray, Int64Array, ListArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::{Split, TrackId, integer_lists, integers, texts};
use crate::{Error, Result};

/// Columns of the `sequences` table that a [`Playlist`] is made of.
pub const PLAYLIST_COLUMNS: [&str; 5] = ["pid", "name", "split", "seed_track_ids", "holdout_track_ids"];

const TABLE: &str = "sequences";

/// One playlist: what is visible of it, and what is hidden from the recommenders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Key of the playlist.
    pub pid: i64,
    /// Title, where it has one.
    pub title: Option<String>,
    /// Part of the data that it belongs to.
    pub split: Split,
    /// Visible tracks in order; all of them for a training playlist.
    pub seeds: Vec<TrackId>,
    /// Hidden tracks in order; none for a training playlist.
    pub holdouts: Vec<TrackId>,
}

impl Playlist {
    /// Reads the rows of a batch of the `sequences` table.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is missing, of another type, has NULL where it must not, or a value that is no split
    /// or no track.
    pub fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>> {
        let pids = integers(batch, TABLE, "pid")?;
        let titles = texts(batch, TABLE, "name")?;
        let splits = texts(batch, TABLE, "split")?;
        let seeds = integer_lists(batch, TABLE, "seed_track_ids")?;
        let holdouts = integer_lists(batch, TABLE, "holdout_track_ids")?;
        let row = |index: usize| {
            let word = if splits.is_null(index) { "NULL" } else { splits.value(index) };
            let split = Split::parse(word)
                .ok_or_else(|| wrong("split", "`train`, `validation` or `test`", format!("`{word}`")))?;
            let title = (!titles.is_null(index)).then(|| titles.value(index).to_owned());
            Ok(Self {
                pid: pids.value(index),
                title,
                split,
                seeds: track_ids(&seeds, index, "seed_track_ids")?,
                holdouts: track_ids(&holdouts, index, "holdout_track_ids")?,
            })
        };
        (0..batch.num_rows()).map(row).collect()
    }
}

fn track_ids(lists: &ListArray, index: usize, column: &'static str) -> Result<Vec<TrackId>> {
    let list = lists.value(index);
    let values: &Int64Array = list.as_primitive::<Int64Type>();
    let id = |&value: &i64| u32::try_from(value).map(TrackId);
    let ids: Result<Vec<_>, _> = values.values().iter().map(id).collect();
    ids.map_err(|_| wrong(column, "track ids from 0 to 4294967295", format!("{:?}", values.values())))
}

fn wrong(column: &str, expected: &'static str, found: String) -> Error {
    Error::Column { table: TABLE.to_owned(), column: column.to_owned(), expected, found }
}
