//! What a list was made from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a list was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The playlist's tracks, by neighbours and network.
    Blend,
    /// Its title, as none of its tracks is known.
    Title,
    /// Nothing of it: the charts.
    Popularity,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 3] = [Self::Blend, Self::Title, Self::Popularity];

    /// Word in tables and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blend => "blend",
            Self::Title => "title",
            Self::Popularity => "popularity",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
