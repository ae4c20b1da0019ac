//! Verifying the rows of a set before readers see them.

use crate::backend::{Fault, Session, Sql};
use crate::{Error, SetId};

/// Counts in one pass over the primary key. The ranks of a playlist are distinct by that key, so they are 1, 2, ... n
/// exactly when the lowest is 1 and the highest is their number.
const COUNT_ROWS: Sql = Sql::Same(
    "SELECT CAST(COALESCE(SUM(ranks), 0) AS SIGNED) AS row_count, COUNT(*) AS playlist_count, \
     MIN(CASE WHEN lowest <> 1 OR highest <> ranks THEN playlist_id END) AS gap_at \
     FROM (SELECT playlist_id, COUNT(*) AS ranks, MIN(rank_no) AS lowest, MAX(rank_no) AS highest \
     FROM predictions WHERE set_no = ? GROUP BY playlist_id) AS playlists",
);

/// What a set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) playlists: u64,
}

/// Counts the rows of a set and refuses those that are not what was expected.
pub(super) async fn verify(
    session: &mut Session,
    set_id: &SetId,
    set_no: u32,
    expected: Counts,
) -> Result<Counts, Fault> {
    let row = session.first_row(&COUNT_ROWS, &[set_no.into()]).await?.ok_or(sqlx::Error::RowNotFound)?;
    let found = Counts { rows: row.count("row_count")?, playlists: row.count("playlist_count")? };
    check_counts(set_id, found, expected)?;
    if found.rows == 0 {
        return Err(Error::EmptySet { set_id: set_id.clone() }.into());
    }
    match row.optional_int("gap_at")? {
        Some(playlist_id) => Err(Error::RankGap { set_id: set_id.clone(), playlist_id }.into()),
        None => Ok(found),
    }
}

/// Refuses counts that differ.
pub(super) fn check_counts(set_id: &SetId, found: Counts, expected: Counts) -> Result<(), Error> {
    let pairs = [("rows", found.rows, expected.rows), ("playlists", found.playlists, expected.playlists)];
    match pairs.into_iter().find(|(_, found, expected)| found != expected) {
        Some((what, found, expected)) => Err(Error::CountMismatch { set_id: set_id.clone(), what, found, expected }),
        None => Ok(()),
    }
}
