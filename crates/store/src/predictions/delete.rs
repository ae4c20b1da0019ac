//! Deleting the rows of a set, in bounded transactions.

use crate::{Error, SetId, Store};

/// About how many rows one statement deletes. More would hold locks and undo records for longer.
const ROWS_PER_DELETE: u32 = 20_000;

const BOUNDARY: &str = "SELECT playlist_id FROM predictions WHERE set_no = ? \
     ORDER BY playlist_id, rank_no LIMIT 1 OFFSET ?";
const DELETE_UP_TO: &str = "DELETE FROM predictions WHERE set_no = ? AND playlist_id <= ?";
const DELETE_ALL: &str = "DELETE FROM predictions WHERE set_no = ?";

impl Store {
    /// Deletes all rows of a set that no reader sees.
    pub(super) async fn delete_rows(&self, set_id: &SetId, set_no: u32) -> Result<(), Error> {
        let call = || self.call("delete the rows of prediction set", set_id);
        // Each round takes whole playlists, from the lowest on: the database finds them by the primary key.
        loop {
            let values = [set_no.into(), ROWS_PER_DELETE.into()];
            let boundary = call().read_first(BOUNDARY, &values, |row| row.int("playlist_id")).await?;
            match boundary {
                Some(playlist_id) => {
                    call().execute(DELETE_UP_TO, &[set_no.into(), playlist_id.into()]).await?;
                }
                None => {
                    call().execute(DELETE_ALL, &[set_no.into()]).await?;
                    return Ok(());
                }
            }
        }
    }
}
