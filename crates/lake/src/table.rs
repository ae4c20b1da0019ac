//! A table of the lake: its folder, its versions, its name.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use url::Url;

use crate::{Error, Lake, Manifest, Result, Snapshot, TableWriter, WriteMode, layout::MODELS};

/// A table by name, whether or not it has been written yet.
#[derive(Debug, Clone)]
pub struct Table {
    lake: Lake,
    name: String,
}

impl Table {
    pub(crate) fn try_new(lake: Lake, name: &str) -> Result<Self> {
        let mut characters = name.chars();
        let starts_well = characters.next().is_some_and(|first| first.is_ascii_alphabetic());
        let goes_on_well = characters.all(|character| character.is_ascii_alphanumeric() || character == '_');
        if !starts_well || !goes_on_well || name == MODELS {
            return Err(Error::InvalidTableName { name: name.to_owned() });
        }
        Ok(Self { lake, name: name.to_owned() })
    }

    /// Name of the table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The lake that holds it.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Address of the table's folder; its path ends in a slash.
    pub fn url(&self) -> Url {
        let mut url = self.lake.url().clone();
        url.set_path(&format!("{}{}/", url.path(), self.name));
        url
    }

    /// Path in the object store of something in the table's folder.
    pub fn path(&self, relative: &str) -> Path {
        self.lake.path(&format!("{}/{relative}", self.name))
    }

    /// Folder for the files of a write that is not committed yet.
    pub fn staging_path(&self, write_id: &str) -> Path {
        self.path(&format!("_staging/{write_id}"))
    }

    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        self.lake.object_store()
    }

    pub(crate) fn manifest_path(&self, version: u64) -> Path {
        self.path(&format!("_commits/{version:020}.json"))
    }

    pub(crate) fn candidate_path(&self, write_id: &str) -> Path {
        self.path(&format!("_candidates/{write_id}.json"))
    }

    /// Committed versions that are kept, in order.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if the commits cannot be listed.
    pub async fn versions(&self) -> Result<Vec<u64>> {
        let prefix = self.path("_commits");
        let versions: Vec<Option<u64>> = self
            .store()
            .list(Some(&prefix))
            .map_ok(|meta| meta.location.filename().and_then(|name| name.strip_suffix(".json")?.parse().ok()))
            .try_collect()
            .await
            .map_err(Error::store("list the versions in", &prefix))?;
        let mut versions: Vec<u64> = versions.into_iter().flatten().collect();
        versions.sort_unstable();
        Ok(versions)
    }

    /// Highest committed version, if there is one.
    ///
    /// # Errors
    /// As [`Self::versions`].
    pub async fn latest_version(&self) -> Result<Option<u64>> {
        Ok(self.versions().await?.pop())
    }

    /// Manifest of one version.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if it does not exist or cannot be read, [`Error::InvalidMetadata`] if it is damaged.
    pub async fn manifest(&self, version: u64) -> Result<Manifest> {
        let path = self.manifest_path(version);
        let found = self.store().get(&path).await.map_err(Error::store("read", &path))?;
        let bytes = found.bytes().await.map_err(Error::store("read", &path))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "manifest",
            reason: error.to_string(),
        })
    }

    /// The current version.
    ///
    /// # Errors
    /// [`Error::NoSuchTable`] if nothing was committed yet; else as [`Self::manifest`].
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let Some(version) = self.latest_version().await? else {
            return Err(Error::NoSuchTable { url: self.lake.url().to_string(), table: self.name.clone() });
        };
        Snapshot::try_new(self.clone(), self.manifest(version).await?)
    }

    /// Starts a write from this process; nothing is visible before its commit.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if the store cannot be reached.
    pub async fn writer(&self, schema: SchemaRef, mode: WriteMode) -> Result<TableWriter> {
        TableWriter::try_new(self.clone(), schema, mode).await
    }
}
