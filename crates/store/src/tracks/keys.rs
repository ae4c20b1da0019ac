//! The keys of tracks, given on first sight.

use std::collections::HashMap;

use crate::backend::{Call, Dialect, Fault, Session, Sql, Value, batches, placeholders};
use crate::{Error, Store};

/// The keys of some tracks, by URI.
pub(crate) type TrackKeys = HashMap<String, u32>;

impl Store {
    /// The keys of `uris`, which are sorted and distinct. Tracks that have none yet are given one.
    pub(crate) async fn track_keys(&self, uris: &[&str]) -> Result<TrackKeys, Error> {
        let mut keys = TrackKeys::with_capacity(uris.len());
        for batch in batches(uris) {
            let first = batch.first().copied().unwrap_or_default();
            let call = self.call("look up the keys of tracks from", first);
            keys.extend(call.attempt(|| keys_or_new_keys(&call, batch)).await?);
        }
        Ok(keys)
    }
}

async fn keys_or_new_keys(call: &Call<'_>, uris: &[&str]) -> Result<TrackKeys, Fault> {
    let mut session = call.session().await?;
    let mut keys = known_keys(&mut session, uris).await?;
    // Only what is missing is inserted, because MySQL uses up a number of its sequence for every row offered. Another
    // process may insert the same tracks meanwhile: theirs stay. The order is the same for all, so that two processes
    // wait for each other instead of locking each other out.
    let missing: Vec<&str> = uris.iter().copied().filter(|uri| !keys.contains_key(*uri)).collect();
    for batch in batches(&missing) {
        let values: Vec<Value<'_>> = batch.iter().map(|uri| Value::from(*uri)).collect();
        session.execute(&insert_missing(call.pool.dialect(), batch.len()), &values).await?;
    }
    keys.extend(known_keys(&mut session, &missing).await?);
    Ok(keys)
}

/// Reads the keys of those of `uris` that have one.
pub(super) async fn known_keys(session: &mut Session, uris: &[&str]) -> Result<TrackKeys, Fault> {
    let mut keys = TrackKeys::with_capacity(uris.len());
    for batch in batches(uris) {
        let text =
            format!("SELECT track_uri, track_key FROM tracks WHERE track_uri IN {}", placeholders(batch.len(), 1));
        let values: Vec<Value<'_>> = batch.iter().map(|uri| Value::from(*uri)).collect();
        for row in session.rows(&Sql::Built(text.into()), &values).await? {
            keys.insert(row.text("track_uri")?, row.small_count("track_key")?);
        }
    }
    Ok(keys)
}

fn insert_missing(dialect: Dialect, rows: usize) -> Sql {
    let verb = match dialect {
        Dialect::Sqlite => "INSERT OR IGNORE",
        Dialect::MySql => "INSERT IGNORE",
    };
    Sql::Built(format!("{verb} INTO tracks (track_uri) VALUES {}", placeholders(1, rows)).into())
}
