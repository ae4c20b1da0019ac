//! Where results go.

use std::sync::Arc;

use athena::ApiError;
use bytes::Bytes;
use lake::ObjectStores;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, path::Path};
use url::Url;

use crate::error::QueryResult;

/// Bytes that are kept back before a file is sent in parts, and the size of a part.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts that may be on their way at the same time.
const PARTS_AT_ONCE: usize = 2;

/// The folder of results.
#[derive(Debug, Clone)]
pub(crate) struct ResultLocation {
    /// As it is told, with a slash at its end.
    pub(crate) text: String,
}

impl ResultLocation {
    /// Understands what a client or a person gives.
    ///
    /// # Errors
    /// `INVALID_INPUT` if it is no such place.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let url = ObjectStores::parse_url(text)
            .map_err(|_| ApiError::invalid_input("outputLocation is not a valid S3 path."))?;
        let mut text = if text.contains("://") { text.to_owned() } else { url.to_string() };
        if !text.ends_with('/') {
            text.push('/');
        }
        Ok(Self { text })
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}{name}", self.text)
    }
}

/// A file of results.
#[derive(Clone)]
pub(crate) struct ResultObject {
    store: Arc<dyn ObjectStore>,
    pub(crate) path: Path,
}

impl ResultObject {
    /// The file at an address.
    pub(crate) fn open(stores: &ObjectStores, url: &str) -> QueryResult<Self> {
        let url: Url = ObjectStores::parse_url(url)?;
        let (store, path) = stores.resolve(&url)?;
        Ok(Self { store, path })
    }

    /// Writes a small file.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> QueryResult<()> {
        self.store.put(&self.path, PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Reads a part of the file, which may end before.
    pub(crate) async fn read(&self, from: u64, bytes: u64) -> QueryResult<Bytes> {
        let size = self.store.head(&self.path).await?.size;
        if from >= size {
            return Ok(Bytes::new());
        }
        Ok(self.store.get_range(&self.path, from..size.min(from + bytes)).await?)
    }

    /// Whether there is such a file.
    pub(crate) async fn is_there(&self) -> bool {
        self.store.head(&self.path).await.is_ok()
    }

    /// Reads a small file.
    pub(crate) async fn read_all(&self) -> QueryResult<Bytes> {
        Ok(self.store.get(&self.path).await?.bytes().await?)
    }

    /// Starts a file of any size.
    pub(crate) fn writer(&self) -> ResultWriter {
        ResultWriter { object: self.clone(), pending: Vec::new(), upload: None }
    }
}

/// Writes a file in parts, so that no more of it than a few parts is in memory.
pub(crate) struct ResultWriter {
    object: ResultObject,
    pending: Vec<u8>,
    upload: Option<WriteMultipart>,
}

impl ResultWriter {
    /// Where the next bytes go.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Sends what is complete.
    pub(crate) async fn flush(&mut self) -> QueryResult<()> {
        if self.pending.len() < PART_BYTES {
            return Ok(());
        }
        let upload = match &mut self.upload {
            Some(upload) => upload,
            None => {
                let started: Box<dyn MultipartUpload> = self.object.store.put_multipart(&self.object.path).await?;
                self.upload.insert(WriteMultipart::new_with_chunk_size(started, PART_BYTES))
            }
        };
        upload.wait_for_capacity(PARTS_AT_ONCE).await?;
        upload.write(&self.pending);
        self.pending.clear();
        Ok(())
    }

    /// Ends the file, which appears only now.
    pub(crate) async fn finish(mut self) -> QueryResult<()> {
        match self.upload.take() {
            Some(mut upload) => {
                upload.write(&self.pending);
                upload.finish().await?;
                Ok(())
            }
            None => self.object.put(std::mem::take(&mut self.pending)).await,
        }
    }

    /// Gives the file up.
    pub(crate) async fn abort(mut self) {
        if let Some(upload) = self.upload.take() {
            // What is left of it is the object store's to remove.
            let _ = upload.abort().await;
        }
    }
}
