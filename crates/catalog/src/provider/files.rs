//! The files of locations.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use futures::TryStreamExt;
use lake::ObjectStores;
use object_store::{ObjectStore, path::Path};

use crate::Location;

/// Files that one table may have; more are refused, as their list would not fit into a plan.
const MAX_FILES: usize = 100_000;

/// A file of a table.
#[derive(Debug, Clone)]
pub(super) struct TableFile {
    /// Address of its store.
    pub(super) store_url: Arc<str>,
    /// Its path in the store, as the store has it.
    pub(super) path: Path,
    pub(super) bytes: u64,
}

impl TableFile {
    /// The address as it is noted and shown.
    pub(super) fn address(&self) -> String {
        format!("{}/{}", self.store_url, self.path)
    }
}

/// A location that may be read.
pub(super) fn readable(location: &str, disk: bool) -> Result<Location> {
    let place = Location::parse(location).map_err(|error| DataFusionError::External(Box::new(error)))?;
    if place.is_on_disk() && !disk {
        return Err(DataFusionError::NotImplemented(format!("the location {location} is on a disk; use s3://")));
    }
    Ok(place)
}

/// Lists the files at a location as Hive does: all below it but empty ones and those under names with `_` or `.` first.
pub(super) async fn list(stores: &ObjectStores, location: &str, disk: bool) -> Result<Vec<TableFile>> {
    let place = readable(location, disk)?;
    let store = place.store(stores).map_err(|error| DataFusionError::External(Box::new(error)))?;
    let store_url: Arc<str> = place.store_url().into();
    let mut files = Vec::new();
    let mut listed = store.list(Some(place.path()));
    while let Some(meta) = listed.try_next().await? {
        let below = meta.location.prefix_match(place.path()).into_iter().flatten();
        let hidden = below.into_iter().any(|part| part.as_ref().starts_with(['_', '.']));
        if hidden || meta.size == 0 {
            continue;
        }
        if files.len() == MAX_FILES {
            return Err(DataFusionError::NotImplemented(format!("more than {MAX_FILES} files at {location}")));
        }
        files.push(TableFile { store_url: Arc::clone(&store_url), path: meta.location, bytes: meta.size });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
