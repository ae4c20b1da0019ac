//! The bytes of one file: fetched in chunks, decompressed by the file's ending, kept until parsed.

use std::pin::Pin;

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use datafusion::error::{DataFusionError, Result};
use futures::TryStreamExt;
use object_store::{GetOptions, GetResultPayload, ObjectStore, path::Path};
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

use super::json::Layout;

/// Bytes fetched at a time. Larger means fewer playlists parsed twice at a chunk's end, and more memory per task.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// A playlist larger than this is refused; the largest of the Million Playlist Dataset are about 130 kB.
const MAX_PLAYLIST_BYTES: usize = 256 * 1024 * 1024;

/// A file of playlists being read.
pub(crate) struct SliceInput {
    path: String,
    reader: Pin<Box<dyn AsyncRead + Send>>,
    buffer: Vec<u8>,
    /// Offset in the uncompressed text of the buffer's first byte.
    base: usize,
    last: bool,
    compressed: bool,
    damage: Option<String>,
}

/// The form of a file, told by its name.
pub(crate) fn layout_of(path: &Path) -> Layout {
    let name = path.filename().unwrap_or_default();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    if name.ends_with(".jsonl") || name.ends_with(".ndjson") { Layout::Lines } else { Layout::Slice }
}

impl SliceInput {
    pub(crate) async fn open(store: &dyn ObjectStore, path: &Path) -> Result<Self> {
        let found = store.get_opts(path, GetOptions::default()).await.map_err(transient)?;
        let raw: Pin<Box<dyn AsyncRead + Send>> = match found.payload {
            GetResultPayload::File(file, _) => {
                let mut file = tokio::fs::File::from_std(file);
                file.set_max_buf_size(CHUNK_BYTES);
                Box::pin(file)
            }
            GetResultPayload::Stream(stream) => Box::pin(StreamReader::new(stream.map_err(std::io::Error::other))),
        };
        Ok(Self {
            path: path.to_string(),
            reader: decompress(path, raw),
            buffer: Vec::new(),
            base: 0,
            last: false,
            compressed: matches!(path.extension(), Some("gz" | "zst")),
            damage: None,
        })
    }

    /// The bytes that are not parsed yet.
    pub(crate) fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    /// Whether the buffer reaches to the end of the file.
    pub(crate) fn is_last(&self) -> bool {
        self.last
    }

    /// What is wrong with the compression behind the buffer, once the buffer reaches to the end.
    pub(crate) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Offset in the uncompressed text of a position in the buffer.
    pub(crate) fn offset(&self, at: usize) -> i64 {
        i64::try_from(self.base + at).unwrap_or(i64::MAX)
    }

    /// Drops the first `parsed` bytes of the buffer and fetches more behind the rest.
    pub(crate) async fn refill(&mut self, parsed: usize) -> Result<()> {
        self.buffer.drain(..parsed);
        self.base += parsed;
        if self.buffer.len() > MAX_PLAYLIST_BYTES {
            return Err(DataFusionError::Execution(format!(
                "`{}` holds a value of more than {MAX_PLAYLIST_BYTES} bytes at byte {}; \
                 a file of playlists, one per line, must end in .jsonl or .ndjson",
                self.path, self.base
            )));
        }
        let target = self.buffer.len() + CHUNK_BYTES.max(self.buffer.len());
        self.buffer.reserve(target - self.buffer.len());
        while self.buffer.len() < target {
            let room = (target - self.buffer.len()) as u64;
            match (&mut self.reader).take(room).read_buf(&mut self.buffer).await {
                Ok(0) => {
                    self.last = true;
                    return Ok(());
                }
                Ok(_) => {}
                Err(source) if self.compressed && is_damage(&source) => {
                    self.damage = Some(source.to_string());
                    self.last = true;
                    return Ok(());
                }
                Err(source) => return Err(self.read_error(&source)),
            }
        }
        Ok(())
    }

    /// What failed below the decoder may pass, and Ballista retries an IO error.
    fn read_error(&self, source: &std::io::Error) -> DataFusionError {
        let text = format!("cannot read `{}` at about byte {}: {source}", self.path, self.base + self.buffer.len());
        DataFusionError::IoError(std::io::Error::new(source.kind(), text))
    }
}

/// Whether an error is the decoder's own: those of the disk have a code, those of a store carry its error.
fn is_damage(source: &std::io::Error) -> bool {
    let of_store = source.get_ref().is_some_and(|inner| inner.is::<object_store::Error>());
    source.raw_os_error().is_none() && !of_store
}

fn decompress(path: &Path, raw: Pin<Box<dyn AsyncRead + Send>>) -> Pin<Box<dyn AsyncRead + Send>> {
    match path.extension() {
        Some("gz") => {
            let mut decoder = GzipDecoder::new(BufReader::with_capacity(CHUNK_BYTES / 4, raw));
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
        Some("zst") => {
            let mut decoder = ZstdDecoder::new(BufReader::with_capacity(CHUNK_BYTES / 4, raw));
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
        _ => raw,
    }
}

/// Ballista retries IO errors and gives up on object-store errors at once, so what may pass becomes an IO error.
fn transient(error: object_store::Error) -> DataFusionError {
    match error {
        object_store::Error::NotFound { .. }
        | object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. }
        | object_store::Error::InvalidPath { .. } => DataFusionError::ObjectStore(Box::new(error)),
        other => DataFusionError::IoError(std::io::Error::other(other)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[track_caller]
    fn check(error: &Error, expected: bool) {
        assert_eq!(is_damage(error), expected, "{error:?}");
    }

    #[test]
    fn only_the_decoder_finds_damage() {
        check(&Error::new(ErrorKind::InvalidData, "Invalid gzip header"), true);
        check(&Error::from(ErrorKind::UnexpectedEof), true);
        check(&Error::other("Data corruption detected"), true);
        let reset = object_store::Error::Generic { store: "S3", source: "connection reset by peer".into() };
        check(&Error::other(reset), false);
        check(&Error::from_raw_os_error(5), false);
    }
}
