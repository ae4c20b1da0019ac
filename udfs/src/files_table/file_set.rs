//! The files of a table, as they travel.

use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use hive::RowFormat;
use serde::{Deserialize, Serialize};

/// Files of one store that are read alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSet {
    /// Address of the store, `s3://bucket` or `file://`.
    pub store_url: String,
    /// How rows stand in the files.
    pub format: FileFormat,
    /// The files, in the order of their paths.
    pub files: Vec<ListedFile>,
}

/// A file as it was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Its path in the store, as the store has it.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Number of its partition.
    pub partition: usize,
}

/// How rows stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Parquet; columns are found by name, whatever their case.
    Parquet,
    /// One row a line.
    Rows {
        /// How a row stands in a line.
        rows: RowFormat,
        /// Lines at the beginning of each file that are no rows.
        skipped_lines: u64,
        /// How the file is compressed.
        compression: FileCompression,
    },
}

/// How a file of lines is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileCompression {
    /// Not at all.
    None,
    /// With gzip.
    Gzip,
    /// With Zstandard.
    Zstd,
    /// With bzip2.
    Bzip2,
}

impl FileCompression {
    pub(super) fn of_engine(self) -> FileCompressionType {
        match self {
            Self::None => FileCompressionType::UNCOMPRESSED,
            Self::Gzip => FileCompressionType::GZIP,
            Self::Zstd => FileCompressionType::ZSTD,
            Self::Bzip2 => FileCompressionType::BZIP2,
        }
    }
}
