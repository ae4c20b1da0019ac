//! The lake itself: its address, its format version, and the way to its tables.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, PutOptions,
    path::{Path, PathPart},
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, ObjectStores, Result, Table};

/// Format of the lake that this build writes. It reads format 1 as well, in which no file has rows of several partitions.
pub const LAKE_FORMAT: u64 = 2;

const MARKER: &str = "_segue.json";
/// Folder of the model artefacts, which are no table.
pub(crate) const MODELS: &str = "models";
/// Tables that are looked at at once when the lake is listed.
const LOOKS_AT_ONCE: usize = 16;

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u64,
}

/// A lake: a folder or a bucket's prefix that holds tables and model artefacts.
#[derive(Debug, Clone)]
pub struct Lake {
    url: Url,
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl Lake {
    /// Opens the lake at a path, `file://` or `s3://` address. An empty place is a lake without tables; it is marked as
    /// one by the first commit, so that looking at a mistyped address leaves nothing there.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`]; [`Error::ObjectStore`] if the place cannot be reached; [`Error::FormatVersion`] if another
    /// version of Segue wrote it.
    pub async fn open(url: &str, stores: Arc<ObjectStores>) -> Result<Self> {
        let url = ObjectStores::parse_url(url)?;
        let store = stores.client(&url)?;
        let lake = Self::with_store(url, store)?;
        lake.check_format().await?;
        Ok(lake)
    }

    /// The lake at an address, reached by a client that the caller has; its format is not checked again.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] if the address has a path that object stores cannot express.
    pub fn with_store(url: Url, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let url = one_name(url);
        let root = Path::from_url_path(url.path())
            .map_err(|error| Error::InvalidUrl { url: url.to_string(), reason: error.to_string() })?;
        Ok(Self { url, store, root })
    }

    /// Address of the lake, the same however it was written: its path ends in one slash, and it is `s3`, not `s3a`.
    /// What a symbolic link leads to is not looked at.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Client of the store that holds the lake.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// Path in [`Self::object_store`] of something in the lake, given relative to its root (`models/x/config.json`).
    pub fn path(&self, relative: &str) -> Path {
        // As they are: a `%` in a name is a `%`, as listings have it.
        let part = |part| PathPart::parse(part).unwrap_or_else(|_| PathPart::from(part));
        relative
            .split('/')
            .filter(|part| !part.is_empty())
            .map(part)
            .fold(self.root.clone(), |path, part| path.join(part))
    }

    /// The table of this name; it need not exist yet.
    ///
    /// # Errors
    /// [`Error::InvalidTableName`] if the name is not letters, digits and underscores.
    pub fn table(&self, name: &str) -> Result<Table> {
        Table::try_new(self.clone(), name)
    }

    /// Names of the tables that have a committed version, sorted.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if the lake cannot be listed.
    pub async fn tables(&self) -> Result<Vec<String>> {
        let tables = self.table_folders().await?.into_iter().map(|name| self.table(&name));
        let looks = tables.map(|table| async move {
            let table = table?;
            let exists = table.latest_version().await?.is_some();
            Ok::<_, Error>(exists.then(|| table.name().to_owned()))
        });
        let found: Vec<Option<String>> =
            stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(LOOKS_AT_ONCE).try_collect().await?;
        let mut names: Vec<String> = found.into_iter().flatten().collect();
        names.sort();
        Ok(names)
    }

    /// Names of the folders that a table may be in.
    pub(crate) async fn table_folders(&self) -> Result<Vec<String>> {
        let listing =
            self.store.list_with_delimiter(Some(&self.root)).await.map_err(Error::store("list", &self.root))?;
        let names = listing.common_prefixes.iter().filter_map(Path::filename);
        Ok(names.filter(|name| self.table(name).is_ok()).map(str::to_owned).collect())
    }

    async fn check_format(&self) -> Result<()> {
        let path = self.path(MARKER);
        match self.store.get(&path).await {
            Ok(found) => {
                let bytes = found.bytes().await.map_err(Error::store("read", &path))?;
                self.check_marker(&path, &bytes)
            }
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(Error::LakeUnreachable { url: self.url.to_string(), source }),
        }
    }

    fn check_marker(&self, path: &Path, bytes: &Bytes) -> Result<()> {
        let marker: Marker = serde_json::from_slice(bytes).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "lake marker",
            reason: error.to_string(),
        })?;
        if (1..=LAKE_FORMAT).contains(&marker.format) {
            return Ok(());
        }
        Err(Error::FormatVersion { url: self.url.to_string(), found: marker.format, expected: LAKE_FORMAT })
    }

    /// Marks the place as a lake of this format, if it is not marked yet.
    pub(crate) async fn ensure_marker(&self) -> Result<()> {
        let path = self.path(MARKER);
        let body = format!("{{\"format\": {LAKE_FORMAT}}}\n");
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&path, body.into(), create).await {
            Ok(_) => Ok(()),
            // Whoever marked it may have been another version.
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                self.check_format().await
            }
            Err(source) => Err(Error::LakeUnreachable { url: self.url.to_string(), source }),
        }
    }
}

/// The path of something below a folder. Names are taken as they are: a `%` in one is a `%`, as listings have it.
pub(crate) fn below(folder: &Path, relative: &str) -> Path {
    let part = |part| PathPart::parse(part).unwrap_or_else(|_| PathPart::from(part));
    relative.split('/').filter(|part| !part.is_empty()).map(part).fold(folder.clone(), |path, part| path.join(part))
}
/// The address under which a lake is known to leases and records.
fn one_name(mut url: Url) -> Url {
    if url.scheme() == "s3a" {
        // Between schemes of one kind this cannot fail.
        let _changed = url.set_scheme("s3");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    // On disk several slashes are one; in a bucket they are part of the name.
    let path = match url.scheme() {
        "file" => path.split('/').filter(|part| !part.is_empty()).fold(String::new(), |path, part| path + "/" + part),
        _ => path,
    };
    url.set_path(&format!("{path}/"));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &[&str], expected: &str) {
        for text in written {
            let url = ObjectStores::parse_url(text).unwrap();
            let lake = Lake::with_store(url, Arc::new(object_store::memory::InMemory::new())).unwrap();
            assert_eq!(lake.url().as_str(), expected, "{text}");
        }
    }

    #[test]
    fn a_lake_has_one_address_however_it_is_written() {
        let on_disk = ["/x/lake", "/x/lake/", "/x//lake", "/x/y/../lake", "/x/./lake//"];
        check(&on_disk, "file:///x/lake/");
        check(
            &["file:///x/lake", "file:///x/y/../lake/", "file:///x//lake", "file://localhost/x/lake"],
            "file:///x/lake/",
        );
        check(
            &["s3://bucket/lake", "s3://bucket/lake/", "s3a://bucket/lake", "s3://bucket/y/../lake"],
            "s3://bucket/lake/",
        );
        check(&["s3://bucket", "s3://bucket/"], "s3://bucket/");
    }
}
