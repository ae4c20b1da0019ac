//! The bytes of one object on their way to the store.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use object_store::{ObjectStore, buffered::BufWriter, path::Path};
use parquet::{arrow::async_writer::AsyncFileWriter, errors::ParquetError};
use tokio::{io::AsyncWriteExt, runtime::Handle};

/// Bytes kept before an upload in parts begins, and the size of each part.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts of one object on their way at once.
const PARTS_AT_ONCE: usize = 4;

/// Writes one object, in parts when it is large; nothing can be read before [`AsyncFileWriter::complete`].
///
/// Dropped before that, it aborts what it has begun, so that a store does not keep parts that nobody will ask for.
pub(crate) struct Upload {
    writer: Option<BufWriter>,
}

impl Upload {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        let writer = BufWriter::with_capacity(store, path, PART_BYTES).with_max_concurrency(PARTS_AT_ONCE);
        Self { writer: Some(writer) }
    }
}

/// What a finished upload says to who goes on writing, which no caller here does.
fn finished() -> ParquetError {
    ParquetError::General("the file is finished".to_owned())
}

impl AsyncFileWriter for Upload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), ParquetError>> {
        Box::pin(async move {
            let writer = self.writer.as_mut().ok_or_else(finished)?;
            writer.put(bytes).await.map_err(|error| ParquetError::External(Box::new(error)))
        })
    }

    fn complete(&mut self) -> BoxFuture<'_, Result<(), ParquetError>> {
        Box::pin(async move {
            // Taken first: a writer whose shutdown has begun must not be aborted.
            let mut writer = self.writer.take().ok_or_else(finished)?;
            writer.shutdown().await.map_err(|error| ParquetError::External(Box::new(error)))
        })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(mut writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = writer.abort().await {
                tracing::debug!(error = %error, "cannot abort an upload; the bucket's lifecycle rule will");
            }
        });
    }
}
