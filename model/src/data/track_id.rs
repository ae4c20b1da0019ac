//! Key of a track in the lake.

use std::fmt;

/// Key of a track in one version of the lake's `tracks` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(pub u32);

impl TrackId {
    /// Position in an array that has one entry for each track of the lake.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
