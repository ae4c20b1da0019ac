//! The lake's tables that training and prediction read together.

use lake::{Lake, Snapshot};

use crate::{Error, Result};

pub(crate) const SEQUENCES: &str = "sequences";
pub(crate) const TRACKS: &str = "tracks";
pub(crate) const TRACK_COOCCURRENCE: &str = "track_cooccurrence";

/// Opens the current version of a table.
///
/// # Errors
/// [`Error::Lake`] if there is none.
pub(crate) async fn open_table(lake: &Lake, table: &str) -> Result<Snapshot> {
    let table_of_lake = lake.table(table).map_err(Error::lake("open table", table))?;
    table_of_lake.snapshot().await.map_err(Error::lake("open table", table))
}

/// Refuses a table that says it was made from another version of `input`: a track id means one track in one version of
/// `tracks` and maybe another track in the next. A table that does not say what it was made from is taken as it is.
///
/// # Errors
/// [`Error::Outdated`].
pub(crate) fn require_made_from(
    (table, snapshot): (&'static str, &Snapshot),
    (input, current): (&'static str, &Snapshot),
) -> Result<()> {
    match snapshot.manifest().inputs.get(input) {
        Some(&made_from) if made_from != current.version() => {
            Err(Error::Outdated { table, input, made_from, current: current.version() })
        }
        _ => Ok(()),
    }
}
