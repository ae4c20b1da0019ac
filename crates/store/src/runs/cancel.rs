//! Requests to end a run, which its own process looks for.

use crate::backend::{Row, Session, Sql};
use crate::clock::now_us;
use crate::runs::run::ended;
use crate::text::check_length;
use crate::{Error, RunId, RunStatus, Store};

const REQUEST: Sql = Sql::Each {
    sqlite: "INSERT INTO run_cancellations (run_id, requested_by, requested_at_us) VALUES (?, ?, ?) \
             ON CONFLICT DO NOTHING",
    mysql: "INSERT INTO run_cancellations (run_id, requested_by, requested_at_us) VALUES (?, ?, ?) \
            ON DUPLICATE KEY UPDATE requested_at_us = requested_at_us",
};
const REQUESTED: &str = "SELECT requested_by FROM run_cancellations WHERE run_id = ?";
const FORGET: Sql = Sql::Same("DELETE FROM run_cancellations WHERE run_id = ?");

impl Store {
    /// Asks the process of a running run to end it, wherever it is; it looks every few seconds. Asking twice changes
    /// nothing. `requested_by` says who asked: at most 255 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`]; [`Error::RunEnded`] when there is nothing to end.
    pub async fn request_cancellation(&self, run_id: &RunId, requested_by: &str) -> Result<(), Error> {
        check_length("requested_by", requested_by, 255, "at most 255 bytes")?;
        let run = self.run(run_id).await?.ok_or_else(|| Error::UnknownRun { run_id: run_id.clone() })?;
        if run.status != RunStatus::Running {
            return Err(ended(run));
        }
        let values = [run_id.as_str().into(), requested_by.into(), now_us().into()];
        self.call("request the end of run", run_id).execute(REQUEST, &values).await.map(drop)
    }

    /// Who has asked for the end of a run, if anybody has.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn cancellation(&self, run_id: &RunId) -> Result<Option<String>, Error> {
        let by = |row: &Row| row.text("requested_by");
        self.call("look for a request to end run", run_id).read_first(REQUESTED, &[run_id.as_str().into()], by).await
    }
}

/// Forgets a request that was meant for the run before it was resumed.
pub(super) async fn forget(session: &mut Session, run_id: &RunId) -> Result<(), crate::backend::Fault> {
    session.execute(&FORGET, &[run_id.as_str().into()]).await?;
    Ok(())
}
