//! How rows stand in the files of a write.

use std::sync::Arc;

use arrow::{error::ArrowError, record_batch::RecordBatch};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use hive::RowFormat;
use lake::{LineCompression, LineEncoder, LineFormat, PartFormat};
use serde::{Deserialize, Serialize};

/// The form of a write's files, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteFormat {
    /// Parquet.
    Parquet {
        /// How its pages are compressed.
        compression: ParquetCompression,
    },
    /// Text or JSON, one row a line.
    Rows {
        /// How a row stands in a line.
        rows: RowFormat,
        /// How files are compressed.
        compression: RowCompression,
    },
}

/// Compressions of text and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowCompression {
    /// None.
    None,
    /// Gzip.
    #[default]
    Gzip,
    /// Zstandard.
    Zstd,
}

/// Makes lines as `SerDe`s do.
#[derive(Debug)]
struct RowEncoder(RowFormat);

impl LineEncoder for RowEncoder {
    fn encode(&self, rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
        hive::encode(&self.0, rows, into)
    }
}

/// Compressions of Parquet that all readers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParquetCompression {
    /// None.
    None,
    /// Snappy.
    Snappy,
    /// Gzip.
    Gzip,
    /// LZ4, without frames.
    Lz4,
    /// Zstandard.
    #[default]
    Zstd,
}

impl ParquetCompression {
    /// The compression of a name, in any case, as Athena's `write_compression` and Parquet's own names have it; [`None`]
    /// if files of the lake are not compressed in this way.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name.to_uppercase().as_str() {
            "NONE" | "UNCOMPRESSED" => Some(Self::None),
            "SNAPPY" => Some(Self::Snappy),
            "GZIP" => Some(Self::Gzip),
            "LZ4" | "LZ4_RAW" => Some(Self::Lz4),
            "ZSTD" => Some(Self::Zstd),
            _ => None,
        }
    }
}

impl Default for WriteFormat {
    fn default() -> Self {
        Self::Parquet { compression: ParquetCompression::default() }
    }
}

impl WriteFormat {
    pub(super) fn of_parts(&self) -> PartFormat {
        match self {
            Self::Parquet { compression } => PartFormat::Parquet(match compression {
                ParquetCompression::None => Compression::UNCOMPRESSED,
                ParquetCompression::Snappy => Compression::SNAPPY,
                ParquetCompression::Gzip => Compression::GZIP(Default::default()),
                ParquetCompression::Lz4 => Compression::LZ4_RAW,
                ParquetCompression::Zstd => Compression::ZSTD(ZstdLevel::default()),
            }),
            Self::Rows { rows, compression } => PartFormat::Lines(LineFormat {
                extension: if matches!(rows, RowFormat::Json(_)) { "json" } else { "txt" },
                encoder: Arc::new(RowEncoder(rows.clone())),
                compression: match compression {
                    RowCompression::None => LineCompression::None,
                    RowCompression::Gzip => LineCompression::Gzip,
                    RowCompression::Zstd => LineCompression::Zstd,
                },
            }),
        }
    }
}
