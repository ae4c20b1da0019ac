//! Loading rows into a set.

use std::collections::BTreeSet;

use crate::backend::{Call, Fault, Session, Sql, Value, placeholders, rows_per_statement};
use crate::predictions::sets::keep_loading;
use crate::tracks::TrackKeys;
use crate::{Error, PredictionRow, SetId, Store};

const COLUMNS: usize = 5;
const ROWS_PER_STATEMENT: usize = rows_per_statement(COLUMNS);

/// How many rows one transaction writes: enough that the commit costs little, few enough that it is done in well under a
/// second and that an interrupted one loses little.
const ROWS_PER_TRANSACTION: usize = 10 * ROWS_PER_STATEMENT;

impl Store {
    /// Loads rows into a set that was begun. No reader sees them before the set is published.
    ///
    /// Rows may come in any order and in any number of calls, also from several tasks at once; slices of some ten
    /// thousand rows are best. A row for the same playlist and rank replaces the earlier one, so a call can be repeated.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSet`]; [`Error::SetClosed`] when the set is published or being deleted; [`Error::InvalidValue`]
    /// when a value does not fit, and then nothing is loaded.
    pub async fn load(&self, set_id: &SetId, rows: &[PredictionRow]) -> Result<(), Error> {
        rows.iter().try_for_each(PredictionRow::check)?;
        for chunk in rows.chunks(ROWS_PER_TRANSACTION) {
            let distinct: BTreeSet<&str> = chunk.iter().map(|row| row.track_uri.as_str()).collect();
            let distinct: Vec<&str> = distinct.into_iter().collect();
            let keys = self.track_keys(&distinct).await?;
            let call = self.call("load prediction set", set_id);
            call.attempt(|| load_once(&call, set_id, chunk, &keys)).await?;
        }
        Ok(())
    }
}

async fn load_once(call: &Call<'_>, set_id: &SetId, rows: &[PredictionRow], keys: &TrackKeys) -> Result<(), Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let written = write(&mut session, set_id, rows, keys).await;
    session.end(written).await
}

async fn write(
    session: &mut Session,
    set_id: &SetId,
    rows: &[PredictionRow],
    keys: &TrackKeys,
) -> Result<(), Fault> {
    let set_no = keep_loading(session, set_id).await?;
    let mut values = Vec::with_capacity(ROWS_PER_STATEMENT * COLUMNS);
    for batch in rows.chunks(ROWS_PER_STATEMENT) {
        values.clear();
        for row in batch {
            // Every track was given a key before; a missing one would be refused as a null.
            let key = keys.get(&row.track_uri).copied().map_or(Value::Int(None), Value::from);
            let rank_no = u32::from(row.rank_no);
            values.extend([set_no.into(), row.playlist_id.into(), rank_no.into(), key, row.score.into()]);
        }
        session.execute(&replace_rows(batch.len()), &values).await?;
    }
    Ok(())
}

/// `REPLACE` means the same on both databases here, because the primary key is the table's only key.
fn replace_rows(rows: usize) -> Sql {
    let text = format!(
        "REPLACE INTO predictions (set_no, playlist_id, rank_no, track_key, score) VALUES {}",
        placeholders(COLUMNS, rows),
    );
    Sql::Built { text: text.into(), reused: rows == ROWS_PER_STATEMENT }
}
