//! Starting, watching and finishing runs.

use crate::clock::now_us;
use crate::text::bounded_message;
use crate::{Error, RunId, RunRecord, RunStart, RunStatus, Store};

const INSERT_RUN: &str = "INSERT INTO runs (run_id, pipeline, triggered_by, options_json, fingerprint, status, \
     started_at_us, heartbeat_at_us) VALUES (?, ?, ?, ?, ?, 'running', ?, ?)";
const FINISH_RUN: &str = "UPDATE runs SET status = ?, error = ?, finished_at_us = ?, heartbeat_at_us = ? \
     WHERE run_id = ? AND status = 'running'";
const BEAT_RUN: &str = "UPDATE runs SET heartbeat_at_us = ? WHERE run_id = ? AND status = 'running'";
const RUN: &str = "SELECT * FROM runs WHERE run_id = ?";
const RUNS: &str = "SELECT * FROM runs ORDER BY started_at_us DESC, run_id DESC LIMIT ?";

impl Store {
    /// Records that a run starts now.
    ///
    /// # Errors
    ///
    /// [`Error::RunExists`] when the id was used before, [`Error::InvalidValue`] when a text does not fit.
    pub async fn start_run(&self, start: &RunStart) -> Result<(), Error> {
        start.check()?;
        let now = now_us();
        let run_id = &start.run_id;
        let options = start.options.to_string();
        let inserted = self
            .call("start run", run_id)
            .execute(
                INSERT_RUN,
                &[
                    run_id.as_str().into(),
                    start.pipeline.as_str().into(),
                    start.triggered_by.as_str().into(),
                    options.as_str().into(),
                    start.fingerprint.as_str().into(),
                    now.into(),
                    now.into(),
                ],
            )
            .await;
        match inserted {
            // The first attempt may have succeeded although its answer was lost; then the row is this call's own.
            Err(error) if error.is_duplicate() => match self.run(run_id).await? {
                Some(run) if run.started_at_us == now && run.fingerprint == start.fingerprint => Ok(()),
                _ => Err(Error::RunExists { run_id: run_id.clone() }),
            },
            result => result.map(drop),
        }
    }

    /// Records that a running run has ended. `error` tells why it did not succeed, without secrets; what exceeds 16 KiB
    /// is cut. Finishing twice in the same way changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`], or [`Error::RunEnded`] when it had ended in another way, for example because another
    /// process took it for dead. [`Error::InvalidValue`] for [`RunStatus::Running`].
    pub async fn finish_run(&self, run_id: &RunId, status: RunStatus, error: Option<&str>) -> Result<(), Error> {
        if status == RunStatus::Running {
            let (value, expected) = (status.to_string(), "the way in which the run ended");
            return Err(Error::InvalidValue { field: "run status", value, expected });
        }
        let now = now_us();
        let error = error.map(bounded_message);
        let finish = self.call("finish run", run_id);
        let values = [status.as_str().into(), error.as_deref().into(), now.into(), now.into(), run_id.as_str().into()];
        if finish.execute(FINISH_RUN, &values).await? > 0 {
            return Ok(());
        }
        let run = self.existing_run(run_id).await?;
        if run.status == status { Ok(()) } else { Err(ended(run)) }
    }

    /// Records a sign of life of a running run.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`] or [`Error::RunEnded`]; the caller should then stop its work.
    pub async fn heartbeat(&self, run_id: &RunId) -> Result<(), Error> {
        let beat = self.call("record the heartbeat of run", run_id);
        if beat.execute(BEAT_RUN, &[now_us().into(), run_id.as_str().into()]).await? > 0 {
            return Ok(());
        }
        Err(ended(self.existing_run(run_id).await?))
    }

    /// Reads one run.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn run(&self, run_id: &RunId) -> Result<Option<RunRecord>, Error> {
        self.call("read run", run_id).read_first(RUN, &[run_id.as_str().into()], RunRecord::from_row).await
    }

    /// Reads the newest runs, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn list_runs(&self, limit: u32) -> Result<Vec<RunRecord>, Error> {
        self.call("list", "runs").read(RUNS, &[limit.into()], RunRecord::from_row).await
    }

    pub(super) async fn existing_run(&self, run_id: &RunId) -> Result<RunRecord, Error> {
        self.run(run_id).await?.ok_or_else(|| Error::UnknownRun { run_id: run_id.clone() })
    }
}

pub(super) fn ended(run: RunRecord) -> Error {
    Error::RunEnded { run_id: run.run_id, status: run.status }
}
