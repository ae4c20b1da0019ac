//! What a caller may choose about a sample.

use serde::{Deserialize, Serialize};

use crate::compression::Compression;
use crate::error::Error;

/// Chooses the size, the seed and the encoding of a sample.
///
/// `slices` and `playlists_per_slice` say how much of an unbounded dataset is written; they change
/// no playlist. `seed` and `tracks` say which dataset it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SampleOptions {
    /// Seed of everything random. Default 42, any value.
    pub seed: u64,
    /// Number of files. Default 1, at least 1; the MPD has 1000. A slice of 1000 playlists takes
    /// about 33 MB uncompressed.
    pub slices: u32,
    /// Playlists in a file. Default 1000 as in the MPD, at least 1. Smaller slices give more units
    /// of work for a test.
    pub playlists_per_slice: u32,
    /// Approximate number of tracks in the catalogue (within 2 %, or 5 % below ten thousand).
    /// Default [`Self::MPD_TRACKS`], from [`Self::MIN_TRACKS`] to [`Self::MAX_TRACKS`].
    ///
    /// Too high for the number of playlists, and most tracks occur once, so that a model finds
    /// nothing to learn; too low, and all playlists look alike. A playlist has 66 rows on average,
    /// and ten rows or more a track suit a demo: 10,000 tracks for two slices of 1000 playlists.
    pub tracks: u32,
    /// Compression of every file. Default none, as in the MPD.
    pub compression: Compression,
}

impl SampleOptions {
    /// The catalogue size at which 1000 slices use about as many distinct tracks as the MPD does
    /// (2,262,292).
    pub const MPD_TRACKS: u32 = 4_600_000;
    /// The smallest catalogue: enough for several scenes that each fill a playlist of 250 tracks.
    pub const MIN_TRACKS: u32 = 2_000;
    /// The largest catalogue: its tables take about 100 MB.
    pub const MAX_TRACKS: u32 = 40_000_000;

    /// Checks that every option is within its range.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] names the first option that is not.
    pub fn validate(&self) -> Result<(), Error> {
        check("slices", self.slices, self.slices > 0, || "at least 1".to_owned())?;
        check("playlists_per_slice", self.playlists_per_slice, self.playlists_per_slice > 0, || {
            "at least 1".to_owned()
        })?;
        let in_range = (Self::MIN_TRACKS..=Self::MAX_TRACKS).contains(&self.tracks);
        check("tracks", self.tracks, in_range, || format!("{} to {}", Self::MIN_TRACKS, Self::MAX_TRACKS))?;
        let fits = self.slices.checked_mul(self.playlists_per_slice).is_some();
        check("slices", self.slices, fits, || {
            format!("at most {} slices of {} playlists", u32::MAX / self.playlists_per_slice, self.playlists_per_slice)
        })
    }
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            seed: 42,
            slices: 1,
            playlists_per_slice: 1000,
            tracks: Self::MPD_TRACKS,
            compression: Compression::None,
        }
    }
}

fn check(option: &'static str, value: u32, valid: bool, expected: impl FnOnce() -> String) -> Result<(), Error> {
    if valid { Ok(()) } else { Err(Error::InvalidOption { option, value: u64::from(value), expected: expected() }) }
}
