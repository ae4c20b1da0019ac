//! Files of lines: text and JSON, compressed or not.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
};

use arrow::{error::ArrowError, record_batch::RecordBatch};
use bytes::Bytes;
use flate2::write::GzEncoder;
use object_store::{ObjectStore, path::Path};
use parquet::arrow::async_writer::AsyncFileWriter;

use crate::{DataFile, Error, Result, upload::Upload};

/// Compressed bytes that are kept before they go on.
const BUFFER_BYTES: usize = 1024 * 1024;
/// What a compressor keeps besides, about.
const COMPRESSOR_BYTES: usize = 512 * 1024;

/// Turns rows into lines.
pub trait LineEncoder: fmt::Debug + Send + Sync {
    /// Appends the lines of rows, each with its end.
    ///
    /// # Errors
    /// If a value cannot be written so that a reader would find it again.
    fn encode(&self, rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError>;
}

/// How a file of lines is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineCompression {
    /// Not at all.
    #[default]
    None,
    /// With gzip, level 6.
    Gzip,
    /// With Zstandard, level 3.
    Zstd,
}

/// Lines of a form, compressed in a way.
#[derive(Debug, Clone)]
pub struct LineFormat {
    /// Makes the lines.
    pub encoder: Arc<dyn LineEncoder>,
    /// How the file is compressed.
    pub compression: LineCompression,
    /// What the names of files end in, before the compression's own ending.
    pub extension: &'static str,
}

impl LineFormat {
    pub(crate) fn extension(&self) -> String {
        let compressed = match self.compression {
            LineCompression::None => "",
            LineCompression::Gzip => ".gz",
            LineCompression::Zstd => ".zst",
        };
        format!("{}{compressed}", self.extension)
    }
}

/// Writes one file of lines; dropped unfinished, it leaves no object behind.
pub(crate) struct LineFile {
    format: LineFormat,
    path: Path,
    upload: Upload,
    compressor: Compressor,
    lines: Vec<u8>,
    rows: u64,
    sent: u64,
}

enum Compressor {
    None(Vec<u8>),
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl fmt::Debug for LineFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LineFile").field("path", &self.path).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl LineFile {
    pub(crate) fn try_new(store: Arc<dyn ObjectStore>, path: Path, format: LineFormat) -> Result<Self> {
        let compressor = Compressor::of(format.compression).map_err(failed(&path))?;
        let upload = Upload::new(store, path.clone());
        Ok(Self { format, path, upload, compressor, lines: Vec::new(), rows: 0, sent: 0 })
    }

    pub(crate) async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.lines.clear();
        self.format
            .encoder
            .encode(rows, &mut self.lines)
            .map_err(|source| Error::Lines { path: self.path.to_string(), source })?;
        self.rows += rows.num_rows() as u64;
        self.compressor.write(&self.lines).map_err(failed(&self.path))?;
        if self.compressor.buffer().len() >= BUFFER_BYTES {
            let bytes = std::mem::take(self.compressor.buffer());
            self.send(bytes).await?;
        }
        Ok(())
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.sent += bytes.len() as u64;
        self.upload.write(Bytes::from(bytes)).await.map_err(Error::parquet("write", &self.path))
    }

    pub(crate) fn estimated_bytes(&self) -> u64 {
        self.sent + self.compressor.len() as u64
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.lines.capacity() + self.compressor.len() + COMPRESSOR_BYTES
    }

    pub(crate) async fn finish(mut self) -> Result<DataFile> {
        let compressor = std::mem::replace(&mut self.compressor, Compressor::None(Vec::new()));
        let bytes = compressor.finish().map_err(failed(&self.path))?;
        self.send(bytes).await?;
        self.upload.complete().await.map_err(Error::parquet("finish", &self.path))?;
        let name = self.path.filename().unwrap_or_default().to_owned();
        Ok(DataFile { rows: self.rows, bytes: self.sent, ..DataFile::new(name) })
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_string();
    move |source| Error::Lines { path, source: ArrowError::IoError("cannot compress lines".to_owned(), source) }
}

impl Compressor {
    fn of(compression: LineCompression) -> io::Result<Self> {
        Ok(match compression {
            LineCompression::None => Self::None(Vec::new()),
            LineCompression::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default())),
            LineCompression::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), 3)?),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::None(buffer) => buffer.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// What has come out and was not taken.
    fn buffer(&mut self) -> &mut Vec<u8> {
        match self {
            Self::None(buffer) => buffer,
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::None(buffer) => buffer.len(),
            Self::Gzip(encoder) => encoder.get_ref().len(),
            Self::Zstd(encoder) => encoder.get_ref().len(),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::None(buffer) => Ok(buffer),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}
