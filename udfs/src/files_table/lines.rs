//! The lines of a file, in batches of rows.

use std::{ops::Range, sync::Arc};

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use datafusion::error::{DataFusionError, Result};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use hive::RowReader;
use memchr::memchr;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};

use super::FileCompression;
use crate::failure::store_failure;

/// Bytes of one request to the store, and requests that are under way at once.
const REQUEST_BYTES: usize = 8 * 1024 * 1024;
const REQUESTS_AT_ONCE: usize = 2;
/// Bytes of lines after which a batch is complete, however few rows it has.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Longest line.
const MAX_LINE_BYTES: usize = 512 * 1024 * 1024;
/// Some writers put it before the text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is read.
pub(super) struct LineOptions {
    pub(super) path: Path,
    pub(super) bytes: u64,
    /// Only lines that begin in this range.
    pub(super) range: Option<Range<u64>>,
    pub(super) compression: FileCompression,
    /// Lines at the beginning of the file that are no rows.
    pub(super) skipped_lines: u64,
    pub(super) batch_rows: usize,
}

/// Reads a file with a reader of rows.
///
/// # Errors
/// If the compression is not there.
pub(super) fn lines(
    store: Arc<dyn ObjectStore>,
    options: LineOptions,
    reader: RowReader,
) -> Result<impl futures::Stream<Item = Result<RecordBatch>> + Send + 'static> {
    let range = options.range.clone().unwrap_or(0..u64::MAX);
    // The byte before tells whether a line begins at the first one.
    let first = range.start.saturating_sub(1);
    let bytes = chunks(store, options.path.clone(), first..options.bytes);
    let chunks = options.compression.of_engine().convert_stream(bytes)?;
    let state = Lines {
        file: options.path.to_string(),
        chunks,
        reader,
        chunk: Bytes::new(),
        carried: Vec::new(),
        at: first,
        end: range.end,
        is_partial: range.start > 0,
        line: 0,
        skipped_lines: if range.start == 0 { options.skipped_lines } else { 0 },
        batch_rows: options.batch_rows.max(1),
        is_done: false,
    };
    Ok(stream::try_unfold(state, |mut state| async move { Ok(state.batch().await?.map(|batch| (batch, state))) }))
}

fn chunks(store: Arc<dyn ObjectStore>, path: Path, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
    let starts = (range.start..range.end).step_by(REQUEST_BYTES);
    let requests = starts.map(move |start| {
        let (store, path, part) =
            (Arc::clone(&store), path.clone(), start..range.end.min(start + REQUEST_BYTES as u64));
        async move { store.get_range(&path, part).await.map_err(store_failure) }
    });
    stream::iter(requests).buffered(REQUESTS_AT_ONCE).boxed()
}

struct Lines {
    file: String,
    chunks: BoxStream<'static, Result<Bytes>>,
    reader: RowReader,
    /// What is left of the last chunk.
    chunk: Bytes,
    /// The beginning of a line that goes on in the next chunk.
    carried: Vec<u8>,
    /// Where the next line begins.
    at: u64,
    end: u64,
    /// Whether the next line began before the range.
    is_partial: bool,
    /// Lines read so far.
    line: u64,
    skipped_lines: u64,
    batch_rows: usize,
    is_done: bool,
}

impl Lines {
    async fn batch(&mut self) -> Result<Option<RecordBatch>> {
        while !self.is_done && !self.is_full() {
            match memchr(b'\n', &self.chunk) {
                Some(end) => {
                    let piece = self.chunk.split_to(end + 1);
                    self.take(&piece[..end], piece.len())?;
                }
                None => self.next_chunk().await?,
            }
        }
        if self.reader.rows() == 0 {
            return Ok(None);
        }
        Ok(Some(self.reader.finish()?))
    }

    fn is_full(&self) -> bool {
        self.reader.rows() >= self.batch_rows || self.reader.bytes() >= BATCH_BYTES
    }

    async fn next_chunk(&mut self) -> Result<()> {
        self.carried.extend_from_slice(&self.chunk);
        self.chunk.clear();
        if self.carried.len() > MAX_LINE_BYTES {
            return Err(DataFusionError::Execution(format!(
                "HIVE_CURSOR_ERROR: {}: the line at byte {} is longer than {MAX_LINE_BYTES} bytes",
                self.file, self.at
            )));
        }
        match self.chunks.try_next().await? {
            Some(chunk) => self.chunk = chunk,
            None => {
                // The last line may lack its end.
                if !self.carried.is_empty() {
                    self.take(&[], 0)?;
                }
                self.is_done = true;
            }
        }
        Ok(())
    }

    /// Takes the line that ends with these bytes.
    fn take(&mut self, last: &[u8], bytes: usize) -> Result<()> {
        let carried = std::mem::take(&mut self.carried);
        let began = self.at;
        self.at += (carried.len() + bytes) as u64;
        if self.is_partial {
            self.is_partial = false;
            return Ok(());
        }
        if began >= self.end {
            self.is_done = true;
            return Ok(());
        }
        self.line += 1;
        if self.line <= self.skipped_lines {
            return Ok(());
        }
        let whole;
        let line = if carried.is_empty() {
            last
        } else {
            whole = [carried.as_slice(), last].concat();
            &whole
        };
        let line = if began == 0 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.reader.read(line).map_err(|error| {
            let name = match error {
                hive::Error::Json { .. } => "HIVE_CURSOR_ERROR",
                _ => "HIVE_BAD_DATA",
            };
            DataFusionError::Execution(format!("{name}: {}, line at byte {began}: {error}", self.file))
        })
    }
}
