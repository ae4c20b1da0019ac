//! The keys of tracks, given on first sight.

use std::collections::HashMap;

use crate::backend::{Call, Dialect, Fault, Session, Sql, Value, placeholders};
use crate::{Error, Store};

/// How many keys one statement reads. MariaDB turns a list of more than 1000 into a temporary table.
const URIS_PER_STATEMENT: usize = 500;

/// The keys of some tracks, by URI.
pub(crate) type TrackKeys = HashMap<String, u32>;

impl Store {
    /// The keys of `uris`, which are sorted and distinct. Tracks that have none yet are given one.
    pub(crate) async fn track_keys(&self, uris: &[&str]) -> Result<TrackKeys, Error> {
        let mut keys = TrackKeys::with_capacity(uris.len());
        for chunk in uris.chunks(URIS_PER_STATEMENT) {
            let first = chunk.first().copied().unwrap_or_default();
            let call = self.call("look up the keys of tracks from", first);
            keys.extend(call.attempt(|| keys_or_new_keys(&call, chunk)).await?);
        }
        Ok(keys)
    }
}

async fn keys_or_new_keys(call: &Call<'_>, uris: &[&str]) -> Result<TrackKeys, Fault> {
    let mut session = call.session().await?;
    let mut keys = known_keys(&mut session, uris).await?;
    let missing: Vec<&str> = uris.iter().copied().filter(|uri| !keys.contains_key(*uri)).collect();
    if !missing.is_empty() {
        // Only what is missing is inserted, because MySQL uses up a number of its sequence for every row offered.
        // Another process may insert the same tracks meanwhile: theirs stay. The order is the same for all, so that two
        // processes wait for each other instead of locking each other out.
        let values: Vec<Value<'_>> = missing.iter().map(|uri| Value::from(*uri)).collect();
        session.execute(&insert_missing(call.pool.dialect(), missing.len()), &values).await?;
        keys.extend(known_keys(&mut session, &missing).await?);
    }
    Ok(keys)
}

/// Reads the keys of those of `uris` that have one.
pub(super) async fn known_keys(session: &mut Session, uris: &[&str]) -> Result<TrackKeys, Fault> {
    let text = format!("SELECT track_uri, track_key FROM tracks WHERE track_uri IN {}", placeholders(uris.len(), 1));
    let sql = Sql::Built { text: text.into(), reused: uris.len() == URIS_PER_STATEMENT };
    let values: Vec<Value<'_>> = uris.iter().map(|uri| Value::from(*uri)).collect();
    let rows = session.rows(&sql, &values).await?;
    rows.iter().map(|row| Ok((row.text("track_uri")?, row.small_count("track_key")?))).collect()
}

fn insert_missing(dialect: Dialect, rows: usize) -> Sql {
    let verb = match dialect {
        Dialect::Sqlite => "INSERT OR IGNORE",
        Dialect::MySql => "INSERT IGNORE",
    };
    let text = format!("{verb} INTO tracks (track_uri) VALUES {}", placeholders(1, rows));
    Sql::Built { text: text.into(), reused: rows == URIS_PER_STATEMENT }
}
