//! The files of one write on their way from the tasks that wrote them to the folder where readers find them.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path};
use tracing::debug;

use crate::{DataFile, Error, Result, layout::below};

/// Files that are moved at once.
const MOVES_AT_ONCE: usize = 16;
/// Name of the list, in the staging folder, of the files that the write consists of.
pub(crate) const FILE_LIST: &str = "_files.json";

/// A staging folder and the folder that its files are moved to.
pub(crate) struct StagedWrite {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) staging: Path,
    pub(crate) target: Path,
}

impl StagedWrite {
    /// Lists the write's files where every attempt finds them, before any is moved, and returns the list that stays: the
    /// first attempt's files are the write's files for good.
    ///
    /// Without it an attempt that died among its moves would leave files beside those of its successor, and who lists
    /// the folder would see rows twice.
    pub(crate) async fn fix_files(&self, files: &[DataFile]) -> Result<Vec<DataFile>> {
        let path = below(&self.staging, FILE_LIST);
        let invalid = |error: serde_json::Error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "list of files",
            reason: error.to_string(),
        };
        let body = serde_json::to_vec(files).map_err(invalid)?;
        if create(self.store.as_ref(), &path, body).await? {
            return Ok(files.to_vec());
        }
        let found = self.store.get(&path).await.map_err(Error::store("read", &path))?;
        let bytes = found.bytes().await.map_err(Error::store("read", &path))?;
        serde_json::from_slice(&bytes).map_err(invalid)
    }

    /// Moves the write's files to their folder and returns them, sorted.
    pub(crate) async fn publish(&self, files: &[DataFile]) -> Result<Vec<DataFile>> {
        let listed = self.fix_files(files).await?;
        self.move_all(listed).await
    }

    /// Moves files of the list to their folder and returns them, sorted.
    pub(crate) async fn move_all(&self, mut files: Vec<DataFile>) -> Result<Vec<DataFile>> {
        let moves = files.iter().map(|file| {
            let (from, to) = (below(&self.staging, &file.path), below(&self.target, &file.path));
            async move { move_file(self.store.as_ref(), &from, &to).await }
        });
        stream::iter(moves.collect::<Vec<_>>()).buffer_unordered(MOVES_AT_ONCE).try_collect::<()>().await?;
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }

    /// Removes what losing attempts left behind, once the write is committed. Failure leaves garbage that no reader
    /// sees, so it is only reported.
    ///
    /// The list goes last: an attempt that is late and finds none then finds none of its own files either, and thus
    /// learns that it has lost.
    pub(crate) async fn remove_leftovers(&self) {
        let left = self.store.list(Some(&self.staging)).map_ok(|meta| meta.location).try_collect::<Vec<_>>().await;
        let mut paths = left.unwrap_or_else(|error| {
            debug!(error = %error, "cannot list the staging folder");
            Vec::new()
        });
        paths.sort_by_key(|path| path.filename() == Some(FILE_LIST));
        for path in paths {
            if let Err(error) = self.store.delete(&path).await {
                debug!(error = %error, path = %path, "cannot delete a staged file");
                return;
            }
        }
    }
}

/// Moves a staged file; one that an earlier attempt at this commit moved already is left where it is.
pub(crate) async fn move_file(store: &dyn ObjectStore, from: &Path, to: &Path) -> Result<()> {
    match store.rename(from, to).await {
        Ok(()) => Ok(()),
        Err(object_store::Error::NotFound { .. }) => {
            store.head(to).await.map(|_| ()).map_err(Error::store("find the staged file", from))
        }
        Err(source) => Err(Error::store("publish", from)(source)),
    }
}

/// Creates an object unless it is there; says whether it did.
pub(crate) async fn create(store: &dyn ObjectStore, path: &Path, body: Vec<u8>) -> Result<bool> {
    let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match store.put_opts(path, body.into(), create).await {
        Ok(_) => Ok(true),
        Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => Ok(false),
        Err(source) => Err(Error::store("commit", path)(source)),
    }
}
