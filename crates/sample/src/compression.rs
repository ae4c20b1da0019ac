//! The compressions that a slice may be written in.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Level of both codecs: fast, since slices are written once and mostly read from a local disk.
const GZIP_LEVEL: u32 = 3;
const ZSTD_LEVEL: i32 = 3;

/// Names how a slice is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Plain JSON, as the MPD is distributed.
    #[default]
    None,
    /// One gzip member.
    Gzip,
    /// One Zstandard frame.
    Zstd,
}

impl Compression {
    /// Every compression, in the order in which they are documented.
    pub const ALL: [Self; 3] = [Self::None, Self::Gzip, Self::Zstd];

    /// Returns what stands after `.json` in a file name: nothing, `.gz` or `.zst`.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    /// Returns the name that [`FromStr`] accepts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Runs `produce` on a writer that compresses into `out`, then writes the codec's trailer.
    pub(crate) fn encode<W, T>(
        self,
        mut out: W,
        produce: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<(W, T)>
    where
        W: Write,
    {
        match self {
            Self::None => {
                let value = produce(&mut out)?;
                Ok((out, value))
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(out, flate2::Compression::new(GZIP_LEVEL));
                let value = produce(&mut encoder)?;
                Ok((encoder.finish()?, value))
            }
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                let value = produce(&mut encoder)?;
                Ok((encoder.finish()?, value))
            }
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Compression {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|compression| compression.name() == name)
            .ok_or_else(|| Error::UnknownCompression { name: name.to_owned() })
    }
}
