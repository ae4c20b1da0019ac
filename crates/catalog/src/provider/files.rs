//! The files of a location.

use futures::TryStreamExt;
use lake::ObjectStores;
use object_store::ObjectStore;
use url::Url;

use datafusion::error::{DataFusionError, Result};

use super::schema::external_error;

/// Files that one table may have; more are refused, as their list would not fit into a plan.
const MAX_FILES: usize = 100_000;

/// A file of a table.
#[derive(Debug)]
pub(super) struct TableFile {
    pub(super) url: String,
    pub(super) bytes: u64,
}

/// Lists the files at a location as Hive does: all below it but empty ones and those under names with `_` or `.` first.
pub(super) async fn list(stores: &ObjectStores, location: &str, disk: bool) -> Result<Vec<TableFile>> {
    let url = ObjectStores::parse_url(location).map_err(external_error)?;
    if url.scheme() == "file" && !disk {
        return Err(DataFusionError::NotImplemented(format!("the location {location} is on a disk; use s3://")));
    }
    let (store, prefix) = stores.resolve(&url).map_err(external_error)?;
    let base = &url[..url::Position::BeforePath];
    let mut files = Vec::new();
    let mut listed = store.list(Some(&prefix));
    while let Some(meta) = listed.try_next().await? {
        let below = meta.location.as_ref().strip_prefix(prefix.as_ref()).unwrap_or_default();
        let hidden = below.split('/').any(|part| part.starts_with(['_', '.']));
        if hidden || meta.size == 0 {
            continue;
        }
        if files.len() == MAX_FILES {
            return Err(DataFusionError::NotImplemented(format!("more than {MAX_FILES} files at {location}")));
        }
        let mut file = Url::parse(base).map_err(external_error)?;
        file.set_path(meta.location.as_ref());
        files.push(TableFile { url: file.to_string(), bytes: meta.size });
    }
    files.sort_by(|one, other| one.url.cmp(&other.url));
    Ok(files)
}
