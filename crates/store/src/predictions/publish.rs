//! Making a set current.

use serde::Serialize;
use tracing::info;

use crate::backend::{Call, Fault, Session, Sql};
use crate::clock::now_us;
use crate::predictions::sets::{LockedSet, current_set_no, lock_existing_set, superseded, swap_current};
use crate::predictions::verify::{Counts, check_counts, verify};
use crate::{Error, SetId, SetState, Store};

const MARK_PUBLISHED: Sql = Sql::Same(
    "UPDATE prediction_sets SET state = 'published', published_at_us = ?, row_count = ?, playlist_count = ? \
     WHERE set_no = ?",
);

/// The current set, and whether it became current by this call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// The set.
    pub set_id: SetId,
    /// Its rows.
    pub rows: u64,
    /// Its playlists.
    pub playlists: u64,
    /// When it became current.
    pub published_at_us: i64,
    /// False when it was current before the call, which then changed nothing.
    pub changed: bool,
}

impl Store {
    /// Makes a loaded set current, in one transaction: counts its rows, checks the ranks, and moves the pointer of the
    /// current set if nobody else has. Publishing the current set again changes nothing, not even the time.
    ///
    /// # Errors
    ///
    /// [`Error::CountMismatch`], [`Error::EmptySet`] and [`Error::RankGap`] when the rows are not those expected;
    /// [`Error::SetSuperseded`] when a later set has become current; [`Error::UnknownSet`]; [`Error::SetClosed`] when
    /// it is being deleted; [`Error::PublishConflict`]. In all of these cases the current set stays current.
    pub async fn publish(
        &self,
        set_id: &SetId,
        expected_rows: u64,
        expected_playlists: u64,
    ) -> Result<Publication, Error> {
        let expected = Counts { rows: expected_rows, playlists: expected_playlists };
        let now = now_us();
        let call = self.call_within(self.options().publish_timeout, "publish prediction set", set_id);
        let publication = call.attempt(|| publish_once(&call, set_id, expected, now)).await?;
        if publication.changed {
            info!(%set_id, rows = publication.rows, playlists = publication.playlists, "predictions published");
        }
        Ok(publication)
    }
}

async fn publish_once(call: &Call<'_>, set_id: &SetId, expected: Counts, now: i64) -> Result<Publication, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let published = verify_and_swap(&mut session, set_id, expected, now).await;
    session.end(published).await
}

async fn verify_and_swap(
    session: &mut Session,
    set_id: &SetId,
    expected: Counts,
    now: i64,
) -> Result<Publication, Fault> {
    let set = lock_existing_set(session, set_id).await?;
    let current = current_set_no(session).await?;
    if set.set_no == current {
        let publication = already_current(set_id, &set, now);
        check_counts(set_id, Counts { rows: publication.rows, playlists: publication.playlists }, expected)?;
        return Ok(publication);
    }
    if set.state == SetState::Pruning {
        return Err(Error::SetClosed { set_id: set_id.clone(), state: set.state }.into());
    }
    if set.state == SetState::Published || set.set_no < current {
        return Err(superseded(session, set_id, current).await?);
    }
    let counts = verify(session, set_id, set.set_no, expected).await?;
    make_current(session, set_id, &set, current, counts, now).await
}

/// Moves the pointer from `current` to the set and notes when.
pub(super) async fn make_current(
    session: &mut Session,
    set_id: &SetId,
    set: &LockedSet,
    current: u32,
    counts: Counts,
    now: i64,
) -> Result<Publication, Fault> {
    let set_id = set_id.clone();
    if !swap_current(session, current, set.set_no).await? {
        return Err(Fault::TryAgain(Error::PublishConflict { set_id }));
    }
    let Counts { rows, playlists } = counts;
    session.execute(&MARK_PUBLISHED, &[now.into(), rows.into(), playlists.into(), set.set_no.into()]).await?;
    Ok(Publication { set_id, rows, playlists, published_at_us: now, changed: true })
}

/// The publication that made the set current before: an earlier attempt of this call when the time is this call's own.
pub(super) fn already_current(set_id: &SetId, set: &LockedSet, now: i64) -> Publication {
    Publication {
        set_id: set_id.clone(),
        rows: set.rows.unwrap_or_default(),
        playlists: set.playlists.unwrap_or_default(),
        published_at_us: set.published_at_us.unwrap_or_default(),
        changed: set.published_at_us == Some(now),
    }
}
