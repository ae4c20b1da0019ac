//! Files that are written in parallel and brought to their places by one process.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use url::Url;

use crate::{
    DataFile, Error, Result,
    layout::below,
    staged_write::{FILE_LIST, StagedWrite, move_file},
};

/// Files that are moved or deleted at once.
const AT_ONCE: usize = 16;

/// The files of one write to a folder of other files, such as that of an external table.
///
/// ```text
/// tasks    <folder>/_staging/<write_id>/…             files of every attempt; readers pass over names with an underscore
/// commit   <folder>/_staging/<write_id>/_files.json   which of them the write consists of; the first list stays
/// owner    the files, moved to their places
/// ```
///
/// Whoever only lists sees the files come one after the other, within moments, when everything has been computed. A
/// write that ends before that leaves nothing but what is below `_staging`.
#[derive(Debug, Clone)]
pub struct Delivery {
    store: Arc<dyn ObjectStore>,
    root: Path,
    write_id: String,
}

impl Delivery {
    /// The write of this id to the folder at an address, reached by a client that the caller has.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] if the address has a path that object stores cannot express.
    pub fn with_store(folder: &Url, store: Arc<dyn ObjectStore>, write_id: impl Into<String>) -> Result<Self> {
        let root = Path::from_url_path(folder.path())
            .map_err(|error| Error::InvalidUrl { url: folder.to_string(), reason: error.to_string() })?;
        Ok(Self { store, root, write_id: write_id.into() })
    }

    /// Client of the store that holds the folder.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// Folder for the files of tasks.
    pub fn staging_path(&self) -> Path {
        below(&self.root, &format!("_staging/{}", self.write_id))
    }

    /// The place of a file below a folder, by its path relative to that.
    pub fn place(folder: &Path, relative: &str) -> Path {
        below(folder, relative)
    }

    /// Says which files the write consists of and returns the list that stays: the first one.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if the list cannot be written or read.
    pub async fn fix_files(&self, files: &[DataFile]) -> Result<Vec<DataFile>> {
        self.staged().fix_files(files).await
    }

    /// The files that the write consists of; none if it was never said.
    ///
    /// # Errors
    /// [`Error::ObjectStore`], [`Error::InvalidMetadata`].
    pub async fn files(&self) -> Result<Vec<DataFile>> {
        let path = below(&self.staging_path(), FILE_LIST);
        let bytes = match self.store.get(&path).await {
            Ok(found) => found.bytes().await.map_err(Error::store("read", &path))?,
            Err(object_store::Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(source) => return Err(Error::store("read", &path)(source)),
        };
        serde_json::from_slice(&bytes).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "list of files",
            reason: error.to_string(),
        })
    }

    /// Moves files from the staging folder to their places and removes what is left there.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if a file cannot be moved; those that were moved are where they should be.
    pub async fn deliver(&self, moves: &[(DataFile, Path)]) -> Result<()> {
        let staging = self.staging_path();
        let moves = moves.iter().map(|(file, place)| {
            let (from, to) = (below(&staging, &file.path), place.clone());
            async move { move_file(self.store.as_ref(), &from, &to).await }
        });
        stream::iter(moves.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        self.discard().await;
        Ok(())
    }

    /// Removes what is left of the write in the staging folder. Failure leaves garbage that no reader sees.
    pub async fn discard(&self) {
        self.staged().remove_leftovers().await;
    }

    /// Removes files that were moved to their places; those that are gone are as good.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if one cannot be removed.
    pub async fn take_back(store: &dyn ObjectStore, files: impl IntoIterator<Item = Path>) -> Result<()> {
        let removals = files.into_iter().map(|path| async move {
            match store.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(source) => Err(Error::store("remove", &path)(source)),
            }
        });
        stream::iter(removals).buffer_unordered(AT_ONCE).try_collect().await
    }

    fn staged(&self) -> StagedWrite {
        StagedWrite { store: self.object_store(), staging: self.staging_path(), target: self.root.clone() }
    }
}
