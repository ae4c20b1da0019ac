//! A folder of files that is no table of a lake: what `COPY … TO` writes.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    DataFile, Error, Result,
    layout::below,
    staged_write::{StagedWrite, create},
};

/// Name of the object that says that the folder is whole, as Hadoop's writers have it.
const SUCCESS: &str = "_SUCCESS";

#[derive(Serialize, Deserialize)]
struct Success {
    write_id: String,
    files: Vec<DataFile>,
}

/// A folder to be filled by one write.
///
/// ```text
/// <folder>/_staging/<write_id>/…     files that nobody may read yet; readers pass over names with an underscore
/// <folder>/part-*.parquet            the files, once all are there
/// <folder>/_SUCCESS                  last: the folder is whole
/// ```
///
/// Its files appear one after the other when the write is finished, within moments on disk. Who must not see a part of
/// them waits for `_SUCCESS`, or reads a table of the lake instead.
#[derive(Debug, Clone)]
pub struct Folder {
    url: Url,
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl Folder {
    /// The folder at an address, reached by a client that the caller has.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] if the address has a path that object stores cannot express.
    pub fn with_store(url: Url, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let root = Path::from_url_path(url.path())
            .map_err(|error| Error::InvalidUrl { url: url.to_string(), reason: error.to_string() })?;
        Ok(Self { url, store, root })
    }

    /// Client of the store that holds the folder.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// Folder for the files of a write that is not committed yet.
    pub fn staging_path(&self, write_id: &str) -> Path {
        below(&self.root, &format!("_staging/{write_id}"))
    }

    /// Fails unless the folder can be written to: it must not hold files of another write.
    ///
    /// # Errors
    /// [`Error::FolderNotEmpty`], [`Error::ObjectStore`] if it cannot be listed.
    pub async fn check_empty(&self) -> Result<()> {
        self.check_free_for(&[]).await
    }

    /// Makes the staged files visible and marks the folder as whole. First wins: the same write again changes nothing.
    ///
    /// # Errors
    /// [`Error::FolderNotEmpty`] if another write has files there, [`Error::ObjectStore`] if a file cannot be moved.
    pub async fn commit(&self, write_id: &str, files: &[DataFile]) -> Result<Vec<DataFile>> {
        if let Some(done) = self.find_commit(write_id).await? {
            return Ok(done);
        }
        let staging = self.staging_path(write_id);
        let staged = StagedWrite { store: self.object_store(), staging, target: self.root.clone() };
        let published = match self.fill(&staged, files).await {
            Ok(published) => published,
            // Another attempt may have committed and removed what this one wants to move.
            Err(error) => return self.find_commit(write_id).await?.ok_or(error),
        };
        let success = Success { write_id: write_id.to_owned(), files: published };
        let path = below(&self.root, SUCCESS);
        let body = serde_json::to_vec(&success).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "success marker",
            reason: error.to_string(),
        })?;
        create(self.store.as_ref(), &path, body).await?;
        staged.remove_leftovers().await;
        Ok(success.files)
    }

    async fn fill(&self, staged: &StagedWrite, files: &[DataFile]) -> Result<Vec<DataFile>> {
        let listed = staged.fix_files(files).await?;
        self.check_free_for(&listed).await?;
        staged.move_all(listed).await
    }

    async fn find_commit(&self, write_id: &str) -> Result<Option<Vec<DataFile>>> {
        let path = below(&self.root, SUCCESS);
        let found = match self.store.get(&path).await {
            Ok(found) => found.bytes().await.map_err(Error::store("read", &path))?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(Error::store("read", &path)(source)),
        };
        // Other programs leave an empty one.
        let success: Option<Success> = serde_json::from_slice(&found).ok();
        Ok(success.filter(|success| success.write_id == write_id).map(|success| success.files))
    }

    async fn check_free_for(&self, own: &[DataFile]) -> Result<()> {
        let root = self.root.clone();
        let own: Vec<Path> = own.iter().map(|file| below(&root, &file.path)).collect();
        let hidden = |path: &Path| {
            let relative = path.prefix_match(&root).into_iter().flatten();
            let mut names = relative.map(|part| part.as_ref().to_owned());
            names.any(|name| name.starts_with(['_', '.']))
        };
        let mut listed = self.store.list(Some(&self.root));
        while let Some(meta) = listed.try_next().await.map_err(Error::store("list", &self.root))? {
            if meta.location.filename() == Some(SUCCESS) || (!hidden(&meta.location) && !own.contains(&meta.location)) {
                return Err(Error::FolderNotEmpty { url: self.url.to_string(), file: meta.location.to_string() });
            }
        }
        Ok(())
    }
}
