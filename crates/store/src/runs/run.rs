//! Starting, watching and finishing runs.

use crate::backend::{Call, Fault, Session, Sql};
use crate::clock::now_us;
use crate::runs::lease::{hold, take};
use crate::text::bounded_message;
use crate::{Error, RunClaim, RunId, RunOwner, RunRecord, RunStart, RunStatus, Store};

const INSERT_RUN: Sql = Sql::Same(
    "INSERT INTO runs (run_id, pipeline, triggered_by, options_json, fingerprint, status, started_at_us, \
     heartbeat_at_us) VALUES (?, ?, ?, ?, ?, 'running', ?, ?)",
);
const FINISH_RUN: Sql = Sql::Same(
    "UPDATE runs SET status = ?, error = ?, finished_at_us = ?, heartbeat_at_us = ? \
     WHERE run_id = ? AND status = 'running'",
);
const BEAT_RUN: Sql = Sql::Same("UPDATE runs SET heartbeat_at_us = ? WHERE run_id = ? AND status = 'running'");
const RUN: Sql = Sql::Same("SELECT * FROM runs WHERE run_id = ?");
const RUNS: Sql = Sql::Same("SELECT * FROM runs ORDER BY started_at_us DESC, run_id DESC LIMIT ?");

impl Store {
    /// Records that a run starts now, if no other run of the pipeline is at work on the lake. A run that has been silent
    /// there for too long is abandoned. Of two processes that start at once, one succeeds.
    ///
    /// # Errors
    ///
    /// [`Error::RunAlive`] when another run is at work, [`Error::RunExists`] when the id was used before,
    /// [`Error::InvalidValue`] when a text does not fit.
    pub async fn start_run(&self, start: &RunStart, claim: &RunClaim) -> Result<RunOwner, Error> {
        start.check()?;
        claim.check()?;
        let owner = RunOwner::new(start.run_id.clone());
        let now = now_us();
        let call = self.call("start run", &start.run_id);
        match call.attempt(|| start_once(&call, start, claim, &owner, now)).await {
            Err(error) if error.is_duplicate() => Err(Error::RunExists { run_id: start.run_id.clone() }),
            result => result.map(|()| owner),
        }
    }

    /// Records that a running run has ended. `error` tells why it did not succeed, without secrets; what exceeds 16 KiB
    /// is cut. Finishing twice in the same way changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::RunTaken`] when another process has taken the run or its lake over, [`Error::RunEnded`] when it had
    /// ended in another way. [`Error::InvalidValue`] for [`RunStatus::Running`].
    pub async fn finish_run(&self, owner: &RunOwner, status: RunStatus, error: Option<&str>) -> Result<(), Error> {
        if status == RunStatus::Running {
            let (value, expected) = (status.to_string(), "the way in which the run ended");
            return Err(Error::InvalidValue { field: "run status", value, expected });
        }
        let error = error.map(bounded_message);
        let call = self.call("finish run", owner.run_id());
        call.attempt(|| finish_once(&call, owner, status, error.as_deref())).await
    }

    /// Records a sign of life of a running run.
    ///
    /// # Errors
    ///
    /// [`Error::RunTaken`] or [`Error::RunEnded`]; the caller must then stop its work and record nothing more.
    pub async fn heartbeat(&self, owner: &RunOwner) -> Result<(), Error> {
        let call = self.call("record the heartbeat of run", owner.run_id());
        call.attempt(|| beat_once(&call, owner)).await
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
}

async fn start_once(
    call: &Call<'_>,
    start: &RunStart,
    claim: &RunClaim,
    owner: &RunOwner,
    now: i64,
) -> Result<(), Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let started = take_and_insert(&mut session, start, claim, owner, now).await;
    session.end(started).await
}

async fn take_and_insert(
    session: &mut Session,
    start: &RunStart,
    claim: &RunClaim,
    owner: &RunOwner,
    now: i64,
) -> Result<(), Fault> {
    if !take(session, &start.pipeline, claim, owner, now).await? {
        return Ok(());
    }
    let options = start.options.to_string();
    let values = [
        start.run_id.as_str().into(),
        start.pipeline.as_str().into(),
        start.triggered_by.as_str().into(),
        options.as_str().into(),
        start.fingerprint.as_str().into(),
        now.into(),
        now.into(),
    ];
    session.execute(&INSERT_RUN, &values).await?;
    Ok(())
}

async fn finish_once(call: &Call<'_>, owner: &RunOwner, status: RunStatus, error: Option<&str>) -> Result<(), Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let finished = finish(&mut session, owner, status, error).await;
    session.end(finished).await
}

async fn finish(session: &mut Session, owner: &RunOwner, status: RunStatus, error: Option<&str>) -> Result<(), Fault> {
    hold(session, owner).await?;
    let now = now_us();
    let run_id = owner.run_id();
    let values = [status.as_str().into(), error.into(), now.into(), now.into(), run_id.as_str().into()];
    if session.execute(&FINISH_RUN, &values).await? > 0 {
        return Ok(());
    }
    let run = read_run(session, run_id).await?;
    if run.status == status { Ok(()) } else { Err(ended(run).into()) }
}

async fn beat_once(call: &Call<'_>, owner: &RunOwner) -> Result<(), Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let beaten = beat(&mut session, owner).await;
    session.end(beaten).await
}

async fn beat(session: &mut Session, owner: &RunOwner) -> Result<(), Fault> {
    hold(session, owner).await?;
    if session.execute(&BEAT_RUN, &[now_us().into(), owner.run_id().as_str().into()]).await? > 0 {
        return Ok(());
    }
    Err(ended(read_run(session, owner.run_id()).await?).into())
}

/// Reads a run that must be there.
pub(super) async fn read_run(session: &mut Session, run_id: &RunId) -> Result<RunRecord, Fault> {
    match session.first_row(&RUN, &[run_id.as_str().into()]).await? {
        Some(row) => Ok(RunRecord::from_row(&row)?),
        None => Err(Error::UnknownRun { run_id: run_id.clone() }.into()),
    }
}

pub(super) fn ended(run: RunRecord) -> Error {
    Error::RunEnded { run_id: run.run_id, status: run.status }
}
