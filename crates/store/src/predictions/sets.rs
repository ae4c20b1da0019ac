//! The rows that say which sets there are and which one is current, read under locks.
//!
//! Whoever needs both locks a set's row first and the pointer second; nobody waits in a circle.

use crate::backend::{Fault, Row, Session, Sql};
use crate::predictions::SLOT;
use crate::{Error, SetId, SetState};

/// Locks the row against everyone else. SQLite's transactions hold the only write lock anyway.
const LOCK_SET: Sql = Sql::Each {
    sqlite: "SELECT * FROM prediction_sets WHERE set_id = ?",
    mysql: "SELECT * FROM prediction_sets WHERE set_id = ? FOR UPDATE",
};

/// Locks the row against changes; parallel loads share the lock.
const SHARE_SET: Sql = Sql::Each {
    sqlite: "SELECT * FROM prediction_sets WHERE set_id = ?",
    mysql: "SELECT * FROM prediction_sets WHERE set_id = ? LOCK IN SHARE MODE",
};

const CURRENT_SET_NO: Sql = Sql::Same("SELECT set_no FROM published WHERE slot = ?");

const LOCK_CURRENT_SET_NO: Sql = Sql::Each {
    sqlite: "SELECT set_no FROM published WHERE slot = ?",
    mysql: "SELECT set_no FROM published WHERE slot = ? FOR UPDATE",
};

const SWAP_CURRENT: Sql = Sql::Same("UPDATE published SET set_no = ? WHERE slot = ? AND set_no = ?");

const SET_ID: Sql = Sql::Same("SELECT set_id FROM prediction_sets WHERE set_no = ?");

/// The row of a set, as transactions use it.
#[derive(Debug)]
pub(super) struct LockedSet {
    pub(super) set_no: u32,
    pub(super) state: SetState,
    pub(super) model_id: String,
    pub(super) published_at_us: Option<i64>,
    pub(super) rows: Option<u64>,
    pub(super) playlists: Option<u64>,
}

impl LockedSet {
    fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            set_no: row.small_count("set_no")?,
            state: row.parsed("state", SetState::parse)?,
            model_id: row.text("model_id")?,
            published_at_us: row.optional_int("published_at_us")?,
            rows: row.optional_count("row_count")?,
            playlists: row.optional_count("playlist_count")?,
        })
    }
}

/// Locks a set's row against everyone else until the transaction ends.
pub(super) async fn lock_set(session: &mut Session, set_id: &SetId) -> Result<Option<LockedSet>, Fault> {
    let row = session.first_row(&LOCK_SET, &[set_id.as_str().into()]).await?;
    Ok(row.as_ref().map(LockedSet::from_row).transpose()?)
}

/// Locks a set's row and refuses when there is none.
pub(super) async fn lock_existing_set(session: &mut Session, set_id: &SetId) -> Result<LockedSet, Fault> {
    lock_set(session, set_id).await?.ok_or_else(|| Error::UnknownSet { set_id: set_id.clone() }.into())
}

/// Keeps a set loading until the transaction ends, and tells its number.
pub(super) async fn keep_loading(session: &mut Session, set_id: &SetId) -> Result<u32, Fault> {
    let row = session.first_row(&SHARE_SET, &[set_id.as_str().into()]).await?;
    let set_id = set_id.clone();
    match row.as_ref().map(LockedSet::from_row).transpose()? {
        Some(LockedSet { set_no, state: SetState::Loading, .. }) => Ok(set_no),
        Some(LockedSet { state, .. }) => Err(Error::SetClosed { set_id, state }.into()),
        None => Err(Error::UnknownSet { set_id }.into()),
    }
}

/// The number of the current set, 0 when there is none. It may change at once.
pub(super) async fn current_set_no(session: &mut Session) -> Result<u32, Fault> {
    read_set_no(session, &CURRENT_SET_NO).await
}

/// The number of the current set, which stays current until the transaction ends.
pub(super) async fn lock_current_set_no(session: &mut Session) -> Result<u32, Fault> {
    read_set_no(session, &LOCK_CURRENT_SET_NO).await
}

/// Makes a set current if `expected` still is, and tells whether it was.
pub(super) async fn swap_current(session: &mut Session, expected: u32, set_no: u32) -> Result<bool, Fault> {
    Ok(session.execute(&SWAP_CURRENT, &[set_no.into(), SLOT.into(), expected.into()]).await? > 0)
}

/// The error of a set that came too late.
pub(super) async fn superseded(session: &mut Session, set_id: &SetId, current: u32) -> Result<Fault, Fault> {
    let set_id = set_id.clone();
    let row = session.first_row(&SET_ID, &[current.into()]).await?;
    Ok(match row {
        Some(row) => {
            let current = row.parsed("set_id", str::parse::<SetId>)?;
            Error::SetSuperseded { set_id, current }.into()
        }
        // The pointer has moved on and its former set is gone: look again.
        None => Fault::TryAgain(Error::PublishConflict { set_id }),
    })
}

async fn read_set_no(session: &mut Session, sql: &Sql) -> Result<u32, Fault> {
    match session.first_row(sql, &[SLOT.into()]).await? {
        Some(row) => Ok(row.small_count("set_no")?),
        None => Err(sqlx::Error::RowNotFound.into()),
    }
}
