//! What a caller hears while slices are written, and what remains to say afterwards.

use std::time::Duration;

use serde::Serialize;

/// Tells how far a run is; sent once for each finished slice, with counts that never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Slices that are complete and visible under their final names.
    pub slices_done: u32,
    /// Slices that were asked for.
    pub slices: u32,
    /// Playlists in the finished slices.
    pub playlists: u64,
    /// Track rows in the finished slices.
    pub track_rows: u64,
    /// Bytes of the finished files, after compression.
    pub bytes: u64,
}

/// Sums up a finished run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files written.
    pub slices: u32,
    /// Playlists written.
    pub playlists: u64,
    /// Track rows written, which counts a track once for each time that it occurs.
    pub track_rows: u64,
    /// Bytes on disk, after compression.
    pub bytes: u64,
    /// Bytes of JSON, before compression.
    pub json_bytes: u64,
    /// Different tracks that occur in the written playlists.
    pub distinct_tracks: u64,
    /// Wall-clock time of the run.
    pub elapsed: Duration,
}
