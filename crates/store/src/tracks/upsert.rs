//! Writing the attributes of many tracks.

use std::collections::BTreeMap;

use crate::backend::{Call, Dialect, Fault, MAX_BATCH_BYTES, Session, Sql, Value, batches, placeholders};
use crate::tracks::keys::{TrackKeys, known_keys};
use crate::{Error, Store, Track};

/// How many tracks one transaction writes.
const TRACKS_PER_TRANSACTION: usize = 1024;

/// How MySQL and MariaDB resolve a conflict. `VALUES()` is the one form that both understand: the newer row alias is
/// unknown to MariaDB. An attribute that is not given keeps its value.
const ON_DUPLICATE_KEY: &str = include_str!("../../sql/on_duplicate_track_key.sql");

/// How SQLite resolves a conflict, in the same way.
const ON_CONFLICT: &str = include_str!("../../sql/on_conflicting_track_uri.sql");

impl Store {
    /// Writes the attributes of tracks; tracks that are new are added. An attribute that is absent keeps what is
    /// stored. Of several entries for one track the last one counts.
    ///
    /// It commits every thousand tracks or so. After an error, some are written and some are not; writing all of them
    /// again is the remedy.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] when a URI or a name does not fit; then nothing is written.
    pub async fn upsert_tracks(&self, tracks: &[Track]) -> Result<(), Error> {
        tracks.iter().try_for_each(Track::check)?;
        for chunk in tracks.chunks(TRACKS_PER_TRANSACTION) {
            // Sorted, so that two processes wait for each other instead of locking each other out; and distinct.
            let by_uri: BTreeMap<&str, &Track> = chunk.iter().map(|track| (track.track_uri.as_str(), track)).collect();
            let sorted: Vec<&Track> = by_uri.into_values().collect();
            let first = sorted.first().map_or("", |track| track.track_uri.as_str());
            let call = self.call("write the attributes of tracks from", first);
            call.attempt(|| upsert_once(&call, &sorted)).await?;
        }
        Ok(())
    }
}

async fn upsert_once(call: &Call<'_>, tracks: &[&Track]) -> Result<(), Fault> {
    let mut session = call.session().await?;
    let uris: Vec<&str> = tracks.iter().map(|track| track.track_uri.as_str()).collect();
    let keys = known_keys(&mut session, &uris).await?;
    session.begin().await?;
    let written = write(&mut session, call.pool.dialect(), tracks, &keys).await;
    session.end(written).await
}

/// Known tracks are written with their key, because MySQL uses up a number of its sequence for every row without one,
/// and nightly updates of millions of tracks would use up the sequence in a few years.
async fn write(session: &mut Session, dialect: Dialect, tracks: &[&Track], keys: &TrackKeys) -> Result<(), Fault> {
    let (known, new): (Vec<&Track>, Vec<&Track>) = tracks.iter().partition(|track| keys.contains_key(&track.track_uri));
    for batch in bounded_batches(&known) {
        let mut values = Vec::with_capacity(batch.len() * 8);
        for track in batch {
            values.push(keys.get(&track.track_uri).copied().map_or(Value::Int(None), Value::from));
            values.extend(attributes(track));
        }
        session.execute(&upsert("track_key, track_uri", 8, dialect, batch.len()), &values).await?;
    }
    for batch in bounded_batches(&new) {
        let values: Vec<Value<'_>> = batch.iter().flat_map(|track| attributes(track)).collect();
        session.execute(&upsert("track_uri", 7, dialect, batch.len()), &values).await?;
    }
    Ok(())
}

/// Cuts tracks into batches of a bounded number of bytes. A track that exceeds them alone is a batch.
fn bounded_batches<'t>(tracks: &'t [&'t Track]) -> Vec<&'t [&'t Track]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, track) in tracks.iter().enumerate() {
        let added = track.statement_bytes();
        if index > start && bytes + added > MAX_BATCH_BYTES {
            parts.extend(batches(&tracks[start..index]));
            (start, bytes) = (index, 0);
        }
        bytes += added;
    }
    parts.extend(batches(&tracks[start..]));
    parts
}

fn attributes(track: &Track) -> [Value<'_>; 7] {
    [
        track.track_uri.as_str().into(),
        track.track_name.as_deref().into(),
        track.artist_name.as_deref().into(),
        track.album_name.as_deref().into(),
        track.artist_uri.as_deref().into(),
        track.album_uri.as_deref().into(),
        Value::Int(track.duration_ms.map(i64::from)),
    ]
}

fn upsert(first_columns: &str, columns: usize, dialect: Dialect, rows: usize) -> Sql {
    let on_conflict = match dialect {
        Dialect::Sqlite => ON_CONFLICT,
        Dialect::MySql => ON_DUPLICATE_KEY,
    };
    let text = format!(
        "INSERT INTO tracks ({first_columns}, track_name, artist_name, album_name, artist_uri, album_uri, duration_ms) \
         VALUES {} {on_conflict}",
        placeholders(columns, rows),
    );
    Sql::Built(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name_bytes: &[usize], lengths: &[usize]) {
        let named = |bytes: &usize| Track { track_name: Some("x".repeat(*bytes)), ..Track::unnamed("a") };
        let tracks: Vec<Track> = name_bytes.iter().map(named).collect();
        let tracks: Vec<&Track> = tracks.iter().collect();
        let found: Vec<usize> = bounded_batches(&tracks).into_iter().map(<[&Track]>::len).collect();
        assert_eq!(found, lengths);
    }

    #[test]
    fn batches_are_bounded_by_bytes() {
        check(&[], &[]);
        check(&[10; 3], &[2, 1]);
        check(&[MAX_BATCH_BYTES / 5; 9], &[4, 4, 1]);
        check(&[MAX_BATCH_BYTES * 2, 10, MAX_BATCH_BYTES * 2, 10, 10], &[1, 1, 1, 2]);
    }
}
