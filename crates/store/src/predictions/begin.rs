//! Beginning a set.

use crate::backend::{Call, Fault, Session, Sql};
use crate::clock::now_us;
use crate::predictions::sets::{current_set_no, lock_set, superseded};
use crate::{Error, PredictionSet, RunId, SetState, Store};

const INSERT_SET: Sql = Sql::Same(
    "INSERT INTO prediction_sets (set_id, run_id, model_id, state, begun_at_us) VALUES (?, ?, ?, 'loading', ?)",
);
const TAKE_OVER_SET: Sql = Sql::Same("UPDATE prediction_sets SET run_id = ? WHERE set_no = ?");

/// What was found when a set was begun.
enum Begun {
    New,
    /// An earlier attempt may have loaded rows.
    Again {
        set_no: u32,
    },
    Published,
}

impl Store {
    /// Begins a set, or begins it again: rows that an earlier, interrupted attempt loaded are deleted.
    ///
    /// Returns [`SetState::Loading`] when rows can be loaded now, and [`SetState::Published`] when the set was
    /// published before and there is nothing left to do. The id stands for the predictions, whichever run brings them:
    /// a set that another run left unfinished becomes this run's, and a published one keeps the run that published it.
    ///
    /// # Errors
    ///
    /// [`Error::SetExists`] when it was begun for another model; [`Error::SetSuperseded`] when a later set has become
    /// current since it was begun; [`Error::SetClosed`] when it is being deleted.
    pub async fn begin_set(&self, set: &PredictionSet) -> Result<SetState, Error> {
        let call = self.call("begin prediction set", &set.set_id);
        match call.attempt(|| begin_once(&call, set)).await? {
            Begun::New => Ok(SetState::Loading),
            Begun::Again { set_no } => {
                self.delete_rows(&set.set_id, set_no).await?;
                Ok(SetState::Loading)
            }
            Begun::Published => Ok(SetState::Published),
        }
    }
}

async fn begin_once(call: &Call<'_>, set: &PredictionSet) -> Result<Begun, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let begun = find_or_insert(&mut session, set).await;
    session.end(begun).await
}

async fn find_or_insert(session: &mut Session, set: &PredictionSet) -> Result<Begun, Fault> {
    let set_id = set.set_id.clone();
    let run_id = set.run_id.as_ref().map(RunId::as_str);
    let Some(found) = lock_set(session, &set_id).await? else {
        let values = [set_id.as_str().into(), run_id.into(), set.model_id.as_str().into(), now_us().into()];
        session.execute(&INSERT_SET, &values).await?;
        return Ok(Begun::New);
    };
    if found.model_id != set.model_id.as_str() {
        return Err(Error::SetExists { set_id }.into());
    }
    match found.state {
        SetState::Published => Ok(Begun::Published),
        SetState::Pruning => Err(Error::SetClosed { set_id, state: found.state }.into()),
        SetState::Loading => {
            let current = current_set_no(session).await?;
            if found.set_no < current {
                return Err(superseded(session, &set_id, current).await?);
            }
            session.execute(&TAKE_OVER_SET, &[run_id.into(), found.set_no.into()]).await?;
            Ok(Begun::Again { set_no: found.set_no })
        }
    }
}
