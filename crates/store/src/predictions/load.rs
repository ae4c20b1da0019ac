//! Loading rows into a set.

use std::collections::BTreeSet;

use crate::backend::{Call, Fault, Session, Sql, Value, batches, placeholders};
use crate::predictions::sets::keep_loading;
use crate::tracks::TrackKeys;
use crate::{Error, PredictionRow, SetId, Store};

/// How many rows one transaction writes: enough that the commit costs little, few enough that it is done in well under
/// a second and that an interrupted one loses little.
const ROWS_PER_TRANSACTION: usize = 20_000;

impl Store {
    /// Loads rows into a set that was begun. No reader sees them before the set is published.
    ///
    /// Rows may come in any order and in any number of calls, also from several tasks at once; a hundred thousand rows
    /// at once are a good number: the keys of their tracks are looked up once. A row for the same playlist and rank
    /// replaces the earlier one, so a call can be repeated.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSet`]; [`Error::SetClosed`] when the set is published or being deleted; [`Error::InvalidValue`]
    /// when a value does not fit, and then nothing is loaded.
    pub async fn load(&self, set_id: &SetId, rows: &[PredictionRow]) -> Result<(), Error> {
        rows.iter().try_for_each(PredictionRow::check)?;
        let mut keys = TrackKeys::new();
        for chunk in rows.chunks(ROWS_PER_TRANSACTION) {
            let uris = chunk.iter().map(|row| row.track_uri.as_str());
            let unseen: BTreeSet<&str> = uris.filter(|uri| !keys.contains_key(*uri)).collect();
            keys.extend(self.track_keys(&Vec::from_iter(unseen)).await?);
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

async fn write(session: &mut Session, set_id: &SetId, rows: &[PredictionRow], keys: &TrackKeys) -> Result<(), Fault> {
    let set_no = keep_loading(session, set_id).await?;
    for batch in batches(rows) {
        let mut values: Vec<Value<'_>> = Vec::with_capacity(batch.len() * 5);
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
        placeholders(5, rows),
    );
    Sql::Built(text.into())
}
