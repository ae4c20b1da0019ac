//! Deleting sets that nobody will read again.

use tracing::info;

use crate::backend::{Call, Fault, Session, Sql};
use crate::predictions::sets::{lock_current_set_no, lock_set};
use crate::{Error, SetId, SetState, Store};

const MARK_PRUNING: Sql = Sql::Same("UPDATE prediction_sets SET state = 'pruning' WHERE set_no = ?");
const DELETE_SET: &str = "DELETE FROM prediction_sets WHERE set_no = ? AND state = 'pruning'";

/// Everything that may be deleted: sets that were published before the last few, sets that were begun before the
/// current one and never published (they cannot be published any more), and what an interrupted call left.
const PRUNABLE: &str = "SELECT set_id FROM prediction_sets \
     WHERE set_no <> (SELECT set_no FROM published WHERE slot = 'next_track') AND (state = 'pruning' \
     OR (state = 'loading' AND set_no < (SELECT set_no FROM published WHERE slot = 'next_track')) \
     OR (state = 'published' AND published_at_us < ?)) ORDER BY set_no";

/// The times at which sets became current, the newest first.
const PUBLISHED_AT: &str = "SELECT published_at_us FROM prediction_sets WHERE state = 'published' \
     ORDER BY published_at_us DESC LIMIT 1 OFFSET ?";

impl Store {
    /// Deletes superseded sets, and tells which. The `keep` sets that were current last stay, the current one always
    /// (so 0 means 1); sets that were begun after the current one stay, too, for they may be published yet.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call. What was not deleted is deleted by the next call.
    pub async fn prune(&self, keep: u32) -> Result<Vec<SetId>, Error> {
        let oldest_kept = [keep.saturating_sub(1).into()];
        let oldest_kept = self
            .call("find the prediction set", format_args!("kept as number {keep}"))
            .read_first(PUBLISHED_AT, &oldest_kept, |row| row.int("published_at_us"))
            .await?;
        let prunable = self
            .call("find", "superseded prediction sets")
            .read(PRUNABLE, &[oldest_kept.unwrap_or(0).into()], |row| row.parsed("set_id", str::parse::<SetId>))
            .await?;
        let mut pruned = Vec::new();
        for set_id in prunable {
            let call = self.call("prune prediction set", &set_id);
            let Some(set_no) = call.attempt(|| close_once(&call, &set_id)).await? else {
                continue;
            };
            self.delete_rows(&set_id, set_no).await?;
            call.execute(DELETE_SET, &[set_no.into()]).await?;
            info!(%set_id, "prediction set pruned");
            pruned.push(set_id);
        }
        Ok(pruned)
    }
}

/// Takes a set out of use, unless it has become current or vanished meanwhile.
async fn close_once(call: &Call<'_>, set_id: &SetId) -> Result<Option<u32>, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let closed = close(&mut session, set_id).await;
    session.end(closed).await
}

async fn close(session: &mut Session, set_id: &SetId) -> Result<Option<u32>, Fault> {
    let Some(set) = lock_set(session, set_id).await? else {
        return Ok(None);
    };
    let current = lock_current_set_no(session).await?;
    let may_be_published = set.state == SetState::Loading && set.set_no > current;
    if set.set_no == current || may_be_published {
        return Ok(None);
    }
    session.execute(&MARK_PRUNING, &[set.set_no.into()]).await?;
    Ok(Some(set.set_no))
}
