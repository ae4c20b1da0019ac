//! Fields of new slices that no table has: how the schema of a delivery changes without anything failing.

use std::{collections::BTreeSet, sync::Arc};

use futures::{StreamExt, stream};
use lake::ObjectStores;
use tracing::{info, warn};
use udfs::scan::{ScanSpec, SliceTable, SliceVersions};
use url::Url;

/// Slices that are looked into at most, all over the delivery; of each, the beginning.
const LOOKED_INTO: usize = 16;
/// Of which at the same time.
const AT_ONCE: usize = 4;

/// Fields that playlists and tracks of these slices have and no table does. What cannot be looked into is the scan's to
/// complain about, so it counts as having none.
pub(crate) async fn unknown_fields(stores: &ObjectStores, input: &Url, slices: &SliceVersions) -> BTreeSet<String> {
    match look(stores, input, slices).await {
        Ok(fields) => {
            if !fields.is_empty() {
                info!(
                    fields = fields.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
                    "slices have new fields"
                );
            }
            fields
        }
        Err(reason) => {
            warn!(reason, "cannot look for new fields in the slices");
            BTreeSet::new()
        }
    }
}

async fn look(stores: &ObjectStores, input: &Url, slices: &SliceVersions) -> Result<BTreeSet<String>, String> {
    let client = stores.client(input).map_err(|error| error.to_string())?;
    let table = SliceTable::try_new(input.clone(), ScanSpec::rejects()).map_err(|error| error.to_string())?;
    let files = table.files(client.as_ref()).await.map_err(|error| error.to_string())?;
    let files: Vec<_> = files.into_iter().filter(|file| slices.contains_key(file.location.as_ref())).collect();
    let every = files.len().div_ceil(LOOKED_INTO).max(1);
    let found = stream::iter(files.into_iter().step_by(every)).map(|file| {
        let client = Arc::clone(&client);
        async move { udfs::scan::unknown_fields(client, &file).await }
    });
    let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
    let mut fields = BTreeSet::new();
    for of_slice in found {
        fields.extend(of_slice.map_err(|error| error.to_string())?);
    }
    Ok(fields)
}
