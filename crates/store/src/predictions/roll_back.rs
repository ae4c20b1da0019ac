//! Going back to a set that was current before.

use tracing::warn;

use crate::backend::{Call, Fault, Session};
use crate::clock::now_us;
use crate::predictions::publish::{already_current, make_current};
use crate::predictions::sets::{current_set_no, lock_existing_set};
use crate::predictions::verify::Counts;
use crate::{Error, Publication, SetId, SetState, Store};

impl Store {
    /// Makes a set current again that was published before and has not been pruned.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSet`]; [`Error::SetClosed`] when it was never published or is being deleted;
    /// [`Error::PublishConflict`].
    pub async fn roll_back(&self, set_id: &SetId) -> Result<Publication, Error> {
        let now = now_us();
        let call = self.call("roll back to prediction set", set_id);
        let publication = call.attempt(|| roll_back_once(&call, set_id, now)).await?;
        if publication.changed {
            warn!(%set_id, "predictions rolled back");
        }
        Ok(publication)
    }
}

async fn roll_back_once(call: &Call<'_>, set_id: &SetId, now: i64) -> Result<Publication, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let swapped = swap(&mut session, set_id, now).await;
    session.end(swapped).await
}

async fn swap(session: &mut Session, set_id: &SetId, now: i64) -> Result<Publication, Fault> {
    let set = lock_existing_set(session, set_id).await?;
    let current = current_set_no(session).await?;
    if set.set_no == current {
        return Ok(already_current(set_id, &set, now));
    }
    if set.state != SetState::Published {
        return Err(Error::SetClosed { set_id: set_id.clone(), state: set.state }.into());
    }
    let counts = Counts { rows: set.rows.unwrap_or_default(), playlists: set.playlists.unwrap_or_default() };
    make_current(session, set_id, &set, current, counts, now).await
}
