//! The forms that files of a write can have.

use std::sync::Arc;

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use object_store::{ObjectStore, path::Path};
use parquet::basic::{Compression, ZstdLevel};

use crate::{
    DataFile, ParquetFileWriter, Result,
    line_file::{LineFile, LineFormat},
};

/// How rows stand in the files of a write.
#[derive(Debug, Clone)]
pub enum PartFormat {
    /// Parquet with this compression.
    Parquet(Compression),
    /// One line a row.
    Lines(LineFormat),
}

impl Default for PartFormat {
    /// Parquet with Zstandard.
    fn default() -> Self {
        Self::Parquet(Compression::ZSTD(ZstdLevel::default()))
    }
}

impl PartFormat {
    /// What the names of files end in, without a point before it.
    pub(crate) fn extension(&self) -> String {
        match self {
            Self::Parquet(_) => "parquet".to_owned(),
            Self::Lines(lines) => lines.extension(),
        }
    }

    pub(crate) fn open(&self, store: Arc<dyn ObjectStore>, path: Path, schema: SchemaRef) -> Result<PartFile> {
        Ok(match self {
            Self::Parquet(compression) => {
                PartFile::Parquet(Box::new(ParquetFileWriter::with_compression(store, path, schema, *compression)?))
            }
            Self::Lines(lines) => PartFile::Lines(Box::new(LineFile::try_new(store, path, lines.clone())?)),
        })
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) enum PartFile {
    Parquet(Box<ParquetFileWriter>),
    Lines(Box<LineFile>),
}

impl PartFile {
    pub(crate) async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        match self {
            Self::Parquet(file) => file.write(rows).await,
            Self::Lines(file) => file.write(rows).await,
        }
    }

    /// Bytes written and buffered so far.
    pub(crate) fn estimated_bytes(&self) -> u64 {
        match self {
            Self::Parquet(file) => file.estimated_bytes(),
            Self::Lines(file) => file.estimated_bytes(),
        }
    }

    /// Memory that is held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        match self {
            Self::Parquet(file) => file.memory_bytes(),
            Self::Lines(file) => file.memory_bytes(),
        }
    }

    pub(crate) async fn finish(self) -> Result<DataFile> {
        match self {
            Self::Parquet(file) => file.finish().await,
            Self::Lines(file) => file.finish().await,
        }
    }
}
