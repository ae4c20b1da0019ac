//! What becomes of a run whose process died.

use std::time::Duration;

use crate::backend::{Call, Fault};
use crate::clock::{as_us, now_us};
use crate::runs::run::ended;
use crate::{Error, RunId, RunRecord, RunStatus, Store};

/// The most runs that one call marks as abandoned; the next call takes the rest.
const MAX_ABANDONED: u32 = 1000;

const LATEST: &str = "SELECT * FROM runs WHERE pipeline = ? AND fingerprint = ? \
     ORDER BY started_at_us DESC, run_id DESC LIMIT 1";
const RESUME_RUN: &str = "UPDATE runs SET status = 'running', error = NULL, finished_at_us = NULL, heartbeat_at_us = ? \
     WHERE run_id = ? AND status <> 'succeeded' AND (status <> 'running' OR heartbeat_at_us < ?)";
const SILENT_RUNS: &str = "SELECT run_id FROM runs WHERE status = 'running' AND heartbeat_at_us < ? \
     ORDER BY heartbeat_at_us LIMIT ?";
const ABANDON_RUN: &str = "UPDATE runs SET status = 'abandoned', finished_at_us = ?, \
     error = 'no heartbeat: its process ended without finishing the run' \
     WHERE run_id = ? AND status = 'running' AND heartbeat_at_us < ?";
const ABANDON_STEPS: &str = "UPDATE run_steps SET status = 'abandoned', finished_at_us = ? \
     WHERE run_id = ? AND status = 'running'";

impl Store {
    /// Finds the newest run of a pipeline for this work, if it did not succeed: the one to resume.
    ///
    /// It may still be running; [`RunRecord::silent_for`] tells how likely that is, and [`Store::resume_run`] decides.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn latest_unfinished(&self, pipeline: &str, fingerprint: &str) -> Result<Option<RunRecord>, Error> {
        let values = [pipeline.into(), fingerprint.into()];
        let latest =
            self.call("find the latest run of", pipeline).read_first(LATEST, &values, RunRecord::from_row).await?;
        Ok(latest.filter(|run| run.status != RunStatus::Succeeded))
    }

    /// Takes over a run that did not succeed: it is running again from now, and attempts at steps that had not ended
    /// are abandoned. A run that says it is running is taken only when it has been silent for `silent_for`, which
    /// should be several heartbeats long. Of two processes that resume the same run, one succeeds.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`]; [`Error::RunEnded`] when it succeeded; [`Error::RunAlive`] when its heartbeat is younger.
    pub async fn resume_run(&self, run_id: &RunId, silent_for: Duration) -> Result<(), Error> {
        let now = now_us();
        let silent_since = silent_since(now, silent_for);
        let call = self.call("resume run", run_id);
        if call.attempt(|| update_run_and_steps(&call, run_id, RESUME_RUN, now, silent_since)).await? {
            return Ok(());
        }
        let run = self.existing_run(run_id).await?;
        match run.status {
            // The heartbeat is this call's own: the first attempt succeeded and its answer was lost.
            RunStatus::Running if run.heartbeat_at_us == now => Ok(()),
            RunStatus::Running => Err(Error::RunAlive { run_id: run_id.clone(), silent_for: run.silent_for() }),
            _ => Err(ended(run)),
        }
    }

    /// Marks runs as abandoned that say they are running and have been silent for `silent_for`; tells which.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn abandon_silent_runs(&self, silent_for: Duration) -> Result<Vec<RunId>, Error> {
        let silent_since = silent_since(now_us(), silent_for);
        let values = [silent_since.into(), MAX_ABANDONED.into()];
        let silent = self
            .call("find", "silent runs")
            .read(SILENT_RUNS, &values, |row| row.parsed("run_id", str::parse::<RunId>))
            .await?;
        let mut abandoned = Vec::new();
        for run_id in silent {
            let call = self.call("abandon run", &run_id);
            if call.attempt(|| update_run_and_steps(&call, &run_id, ABANDON_RUN, now_us(), silent_since)).await? {
                abandoned.push(run_id);
            }
        }
        Ok(abandoned)
    }
}

/// Updates the run where the statement's condition holds, and then ends the attempts that were open.
async fn update_run_and_steps(
    call: &Call<'_>,
    run_id: &RunId,
    update_run: &'static str,
    now: i64,
    silent_since: i64,
) -> Result<bool, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let run_values = [now.into(), run_id.as_str().into(), silent_since.into()];
    let step_values = [now.into(), run_id.as_str().into()];
    let changed = match session.execute(&update_run.into(), &run_values).await {
        Ok(0) => Ok(false),
        Ok(_) => session.execute(&ABANDON_STEPS.into(), &step_values).await.map(|_| true),
        Err(fault) => Err(fault),
    };
    session.end(changed).await
}

/// A heartbeat before this moment is too old.
fn silent_since(now: i64, silent_for: Duration) -> i64 {
    now.saturating_sub(as_us(silent_for)).max(0)
}
