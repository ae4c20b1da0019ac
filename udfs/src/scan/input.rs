//! The bytes of one file: fetched in chunks, decompressed by the file's ending, kept until parsed.

use std::{fs::File, io::Read, pin::Pin, sync::Arc};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use bytes::Bytes;
use datafusion::error::{DataFusionError, Result};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, path::Path};
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

use super::json::Layout;
use crate::failure::store_failure;

/// Bytes fetched at a time. Larger means fewer playlists parsed twice at a chunk's end, and more memory per task.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// A playlist larger than this is refused; the largest of the Million Playlist Dataset are about 130 kB.
const MAX_PLAYLIST_BYTES: usize = 256 * 1024 * 1024;

/// Bytes asked for in one request to a store: small enough that a request ends within its time limit and is repeated
/// at little cost, large enough that a slice takes a handful of them.
const RANGE_BYTES: u64 = 8 * 1024 * 1024;
/// Requests for one file on their way at once.
const RANGES_AT_ONCE: usize = 2;

/// A file of playlists being read.
pub(crate) struct SliceInput {
    path: String,
    reader: Reader,
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
    /// Opens a file of the size that it had when it was listed.
    ///
    /// # Errors
    /// An IO error if the store may answer when asked again, else the store's own error.
    pub(crate) async fn open(store: Arc<dyn ObjectStore>, path: &Path, size: u64) -> Result<Self> {
        let reader = match open_range(store.as_ref(), path, 0..RANGE_BYTES.min(size)).await? {
            Range::File(file) => Reader::File(Some(file)),
            Range::Bytes { stream, e_tag } => {
                let rest = (1..size.div_ceil(RANGE_BYTES)).map(|index| index * RANGE_BYTES);
                let rest = rest.map(move |start| start..(start + RANGE_BYTES).min(size)).collect();
                Reader::Remote(decompress(path, ranges(store, path.clone(), stream, e_tag, rest)))
            }
        };
        let compressed = matches!(path.extension(), Some("gz" | "zst"));
        let reader = match reader {
            Reader::File(Some(file)) if compressed => {
                let mut file = tokio::fs::File::from_std(file);
                file.set_max_buf_size(CHUNK_BYTES);
                Reader::Remote(decompress(path, Box::pin(file)))
            }
            other => other,
        };
        Ok(Self { path: path.to_string(), reader, buffer: Vec::new(), base: 0, last: false, compressed, damage: None })
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
        while self.buffer.len() < target && !self.last {
            match self.reader.fill(&mut self.buffer, target).await {
                Ok(0) => self.last = true,
                Ok(_) => {}
                Err(source) if self.compressed && is_damage(&source) => {
                    self.damage = Some(source.to_string());
                    self.last = true;
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

/// Where the bytes come from.
enum Reader {
    /// An uncompressed file on disk, read straight into the buffer; [`None`] while a read is at work on it.
    File(Option<File>),
    /// Anything else.
    Remote(Pin<Box<dyn AsyncRead + Send>>),
}

impl Reader {
    /// Appends bytes until the buffer has `target` of them at most; 0 bytes mean the end.
    async fn fill(&mut self, buffer: &mut Vec<u8>, target: usize) -> std::io::Result<usize> {
        let room = (target - buffer.len()) as u64;
        match self {
            Self::Remote(reader) => reader.take(room).read_buf(buffer).await,
            Self::File(slot) => {
                let mut file = slot.take().ok_or_else(|| std::io::Error::other("a read was given up"))?;
                let mut filling = std::mem::take(buffer);
                let reading = tokio::task::spawn_blocking(move || {
                    let read = file.by_ref().take(room).read_to_end(&mut filling);
                    (file, filling, read)
                });
                let (file, filled, read) = reading.await.map_err(std::io::Error::other)?;
                *slot = Some(file);
                *buffer = filled;
                read
            }
        }
    }
}

/// What a store gives for a range of an object.
enum Range {
    File(File),
    Bytes { stream: BoxStream<'static, object_store::Result<Bytes>>, e_tag: Option<String> },
}

async fn open_range(store: &dyn ObjectStore, path: &Path, range: std::ops::Range<u64>) -> Result<Range> {
    // A range of an empty object cannot be asked for.
    let range = (!range.is_empty()).then_some(GetRange::Bounded(range));
    let found = store.get_opts(path, GetOptions { range, ..GetOptions::default() }).await.map_err(store_failure)?;
    Ok(match found.payload {
        GetResultPayload::File(file, _) => Range::File(file),
        GetResultPayload::Stream(stream) => Range::Bytes { stream, e_tag: found.meta.e_tag },
    })
}

/// The bytes of a first range and those that follow, which must be of the same object.
fn ranges(
    store: Arc<dyn ObjectStore>,
    path: Path,
    first: BoxStream<'static, object_store::Result<Bytes>>,
    e_tag: Option<String>,
    rest: Vec<std::ops::Range<u64>>,
) -> Pin<Box<dyn AsyncRead + Send>> {
    let fetch = move |range: std::ops::Range<u64>| {
        let (store, path, e_tag) = (Arc::clone(&store), path.clone(), e_tag.clone());
        async move {
            let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
            let found = store.get_opts(&path, options).await?;
            if found.meta.e_tag != e_tag {
                let source = format!("`{path}` was replaced while it was read; run the query again").into();
                return Err(object_store::Error::Generic { store: "scan", source });
            }
            found.bytes().await
        }
    };
    let rest = stream::iter(rest).map(fetch).buffered(RANGES_AT_ONCE);
    Box::pin(StreamReader::new(first.chain(rest).map_err(std::io::Error::other)))
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
