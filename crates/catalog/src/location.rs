//! Places of tables and partitions, as Hive and Glue write them.

use std::sync::Arc;

use lake::ObjectStores;
use object_store::{
    ObjectStore,
    path::{Path, PathPart},
};
use url::Url;

use crate::Result;

/// A place in an object store.
///
/// What follows the bucket in `s3://bucket/day=a%3Ab/` is a key as it is: `%3A` is three characters, and a blank is
/// written as one. Addresses of files on a disk (`file://`) are URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    store: Url,
    path: Path,
}

impl Location {
    /// Understands a location.
    ///
    /// # Errors
    /// [`crate::Error::Lake`] if it is none.
    pub fn parse(text: &str) -> Result<Self> {
        let (store, key) = match text.split_once("://") {
            Some((scheme @ ("s3" | "s3a" | "s3n"), rest)) => {
                let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
                let scheme = if scheme == "s3n" { "s3" } else { scheme };
                (ObjectStores::parse_url(&format!("{scheme}://{bucket}"))?, key.to_owned())
            }
            _ => {
                let url = ObjectStores::parse_url(text)?;
                let path = Path::from_url_path(url.path()).map_err(object_store::Error::from)?;
                let store = ObjectStores::parse_url(&url[..url::Position::BeforePath])?;
                return Ok(Self { store, path });
            }
        };
        Ok(Self { store, path: path_of(&key) })
    }

    /// Address of the store: `s3://bucket`, or `file://`.
    #[must_use]
    pub fn store_url(&self) -> String {
        self.store[..url::Position::BeforePath].to_owned()
    }

    /// The path in the store, as the store has it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is on a disk.
    #[must_use]
    pub fn is_on_disk(&self) -> bool {
        self.store.scheme() == "file"
    }

    /// The client of the store.
    ///
    /// # Errors
    /// [`crate::Error::Lake`] if the store's settings are wrong.
    pub fn store(&self, stores: &ObjectStores) -> Result<Arc<dyn ObjectStore>> {
        Ok(stores.client(&self.store)?)
    }

    /// The address of a path in the same store, as locations are written.
    #[must_use]
    pub fn address(&self, path: &Path) -> String {
        format!("{}/{path}", self.store_url())
    }
}

/// A key as it is.
fn path_of(key: &str) -> Path {
    let part = |part| PathPart::parse(part).unwrap_or_else(|_| PathPart::from(part));
    key.split('/').filter(|part| !part.is_empty()).map(part).fold(Path::default(), |path, part| path.join(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_as_they_are() {
        let place = Location::parse("s3://b/t/day=a%3Ab c/").unwrap();
        assert_eq!((place.store_url().as_str(), place.path().as_ref()), ("s3://b", "t/day=a%3Ab c"));
        assert_eq!(place.address(place.path()), "s3://b/t/day=a%3Ab c");
        let place = Location::parse("/data/with space").unwrap();
        assert_eq!((place.store_url().as_str(), place.path().as_ref()), ("file://", "data/with space"));
        assert!(place.is_on_disk() && Location::parse("gopher://x").is_err());
        assert_eq!(Location::parse("s3://b").unwrap().path().as_ref(), "");
    }
}
