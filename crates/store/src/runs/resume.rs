//! What becomes of a run whose process died.

use std::time::Duration;

use crate::backend::{Call, Fault, Session, Sql};
use crate::clock::now_us;
use crate::runs::cancel::forget;
use crate::runs::lease::{abandon, abandon_steps, alive, silent_since, take};
use crate::runs::run::{ended, read_run};
use crate::{Error, RunClaim, RunId, RunOwner, RunRecord, RunStatus, Store};

/// The most runs that one call marks as abandoned; the next call takes the rest.
const MAX_ABANDONED: u32 = 1000;

/// Stands for the host of a run that was recorded before hosts were.
const UNKNOWN_HOST: &str = "a host that is not known";

const LATEST: &str = "SELECT * FROM runs WHERE pipeline = ? AND fingerprint = ? \
     ORDER BY started_at_us DESC, run_id DESC LIMIT 1";
const RESUME_RUN: Sql = Sql::Same(
    "UPDATE runs SET status = 'running', error = NULL, finished_at_us = NULL, heartbeat_at_us = ? \
     WHERE run_id = ? AND status <> 'succeeded' AND (status <> 'running' OR heartbeat_at_us < ?)",
);
const SILENT_RUNS: &str = "SELECT run_id FROM runs WHERE status = 'running' AND heartbeat_at_us < ? \
     ORDER BY heartbeat_at_us LIMIT ?";

impl Store {
    /// Finds the newest run of a pipeline for this work, if it neither succeeded nor was cancelled: the one to resume. A
    /// run whose end somebody has asked for counts as cancelled, whether its process has seen that or not.
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
        match latest {
            Some(run) if matches!(run.status, RunStatus::Succeeded | RunStatus::Cancelled) => Ok(None),
            Some(run) if run.status == RunStatus::Running && self.cancellation(&run.run_id).await?.is_some() => {
                Ok(None)
            }
            found => Ok(found),
        }
    }

    /// Takes over a run that did not succeed: it is running again from now, and attempts at steps that had not ended
    /// are abandoned. A run that says it is running is taken only when it has been silent for as long as the claim says;
    /// its former owner is refused from then on. Of two processes that resume the same run, one succeeds.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`]; [`Error::RunEnded`] when it succeeded; [`Error::RunAlive`] when it, or another run on its
    /// lake, shows signs of life.
    pub async fn resume_run(&self, run_id: &RunId, claim: &RunClaim) -> Result<RunOwner, Error> {
        claim.check()?;
        let owner = RunOwner::new(run_id.clone());
        let now = now_us();
        let call = self.call("resume run", run_id);
        call.attempt(|| resume_once(&call, claim, &owner, now)).await?;
        Ok(owner)
    }

    /// Ends one run that says it is running and has been silent for `silent_for`: as cancelled if somebody has asked for
    /// its end, else as abandoned. Returns whether it did.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn abandon_if_silent(&self, run_id: &RunId, silent_for: Duration) -> Result<bool, Error> {
        let call = self.call("abandon run", run_id);
        call.attempt(|| abandon_once(&call, run_id, silent_for)).await
    }

    /// Ends all runs that say they are running and have been silent for `silent_for`, as [`Self::abandon_if_silent`]
    /// does; tells which.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn abandon_silent_runs(&self, silent_for: Duration) -> Result<Vec<RunId>, Error> {
        let values = [silent_since(now_us(), silent_for).into(), MAX_ABANDONED.into()];
        let silent = self
            .call("find", "silent runs")
            .read(SILENT_RUNS, &values, |row| row.parsed("run_id", str::parse::<RunId>))
            .await?;
        let mut abandoned = Vec::new();
        for run_id in silent {
            if self.abandon_if_silent(&run_id, silent_for).await? {
                abandoned.push(run_id);
            }
        }
        Ok(abandoned)
    }
}

async fn resume_once(call: &Call<'_>, claim: &RunClaim, owner: &RunOwner, now: i64) -> Result<(), Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let resumed = take_and_resume(&mut session, claim, owner, now).await;
    session.end(resumed).await
}

async fn take_and_resume(session: &mut Session, claim: &RunClaim, owner: &RunOwner, now: i64) -> Result<(), Fault> {
    let run_id = owner.run_id();
    let pipeline = read_run(session, run_id).await?.pipeline;
    if !take(session, &pipeline, claim, owner, now).await? {
        return Ok(());
    }
    let values = [now.into(), run_id.as_str().into(), silent_since(now, claim.silent_for).into()];
    if session.execute(&RESUME_RUN, &values).await? == 0 {
        let run = read_run(session, run_id).await?;
        return Err(match run.status {
            RunStatus::Running => alive(run_id, UNKNOWN_HOST, run.heartbeat_at_us).into(),
            _ => ended(run).into(),
        });
    }
    forget(session, run_id).await?;
    abandon_steps(session, run_id, now).await
}

async fn abandon_once(call: &Call<'_>, run_id: &RunId, silent_for: Duration) -> Result<bool, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let abandoned = abandon(&mut session, run_id, now_us(), silent_for).await;
    session.end(abandoned).await
}
