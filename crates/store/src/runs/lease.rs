//! Who works on a lake: one process for one run, until the run ends or falls silent.
//!
//! The lease has no time of its own: it ends with its run, whose heartbeat everyone can see. Whoever needs several locks
//! takes the lease first, then the run, then its steps; nobody waits in a circle.

use std::time::Duration;

use tracing::warn;

use crate::backend::{Fault, Row, Session, Sql};
use crate::clock::{as_us, now_us};
use crate::database_url::redact_lake_url;
use crate::runs::run::read_run;
use crate::{Error, RunClaim, RunId, RunOwner, RunStatus};

/// The row must be there before it can be locked.
const PROVIDE_LEASE: Sql = Sql::Each {
    sqlite: "INSERT INTO run_leases (pipeline, lake_url) VALUES (?, ?) ON CONFLICT DO NOTHING",
    mysql: "INSERT INTO run_leases (pipeline, lake_url) VALUES (?, ?) ON DUPLICATE KEY UPDATE pipeline = pipeline",
};

/// Locks the row against everyone else. SQLite's transactions hold the only write lock anyway.
const LOCK_LEASE: Sql = Sql::Each {
    sqlite: "SELECT * FROM run_leases WHERE pipeline = ? AND lake_url = ?",
    mysql: "SELECT * FROM run_leases WHERE pipeline = ? AND lake_url = ? FOR UPDATE",
};

/// Locks the row against a change of owner; the owner's own calls share the lock.
const SHARE_OWNED_LEASE: Sql = Sql::Each {
    sqlite: "SELECT * FROM run_leases WHERE run_id = ? AND owner = ?",
    mysql: "SELECT * FROM run_leases WHERE run_id = ? AND owner = ? LOCK IN SHARE MODE",
};

const TAKE_LEASE: Sql = Sql::Same(
    "UPDATE run_leases SET run_id = ?, owner = ?, host = ?, taken_at_us = ? WHERE pipeline = ? AND lake_url = ?",
);

const ABANDON_RUN: Sql = Sql::Same(
    "UPDATE runs SET status = CASE WHEN EXISTS (SELECT 1 FROM run_cancellations \
     WHERE run_cancellations.run_id = runs.run_id) THEN 'cancelled' ELSE 'abandoned' END, finished_at_us = ?, \
     error = 'no heartbeat: its process ended without finishing the run' \
     WHERE run_id = ? AND status = 'running' AND heartbeat_at_us < ?",
);
const ABANDON_STEPS: Sql =
    Sql::Same("UPDATE run_steps SET status = 'abandoned', finished_at_us = ? WHERE run_id = ? AND status = 'running'");

/// Who had the lake before.
struct Holder {
    run_id: Option<RunId>,
    owner: Option<String>,
    host: String,
}

impl Holder {
    fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        let run_id = row.optional_text("run_id")?;
        Ok(Self {
            run_id: run_id.map(|_| row.parsed("run_id", str::parse::<RunId>)).transpose()?,
            owner: row.optional_text("owner")?,
            host: row.optional_text("host")?.unwrap_or_default(),
        })
    }
}

/// Takes the lake for a run, unless a run is at work there. A run that has fallen silent is abandoned, unless it is the
/// one that wants the lake. Returns false when this owner has the lake already, from an earlier attempt whose answer was
/// lost.
pub(super) async fn take(
    session: &mut Session,
    pipeline: &str,
    claim: &RunClaim,
    owner: &RunOwner,
    now: i64,
) -> Result<bool, Fault> {
    let lake_url = redact_lake_url(&claim.lake_url);
    let key = [pipeline.into(), lake_url.as_str().into()];
    session.execute(&PROVIDE_LEASE, &key).await?;
    let Some(row) = session.first_row(&LOCK_LEASE, &key).await? else {
        return Err(sqlx::Error::RowNotFound.into());
    };
    let holder = Holder::from_row(&row)?;
    if holder.owner.as_deref() == Some(owner.token()) {
        return Ok(false);
    }
    if let Some(run_id) = &holder.run_id {
        refuse_if_alive(session, run_id, &holder.host, now, claim.silent_for).await?;
        if run_id != owner.run_id() && abandon(session, run_id, now, claim.silent_for).await? {
            warn!(%run_id, host = %holder.host, "silent run abandoned");
        }
    }
    let values = [
        owner.run_id().as_str().into(),
        owner.token().into(),
        claim.host.as_str().into(),
        now.into(),
        pipeline.into(),
        lake_url.as_str().into(),
    ];
    session.execute(&TAKE_LEASE, &values).await?;
    Ok(true)
}

/// Keeps a run with its owner until the transaction ends.
pub(super) async fn hold(session: &mut Session, owner: &RunOwner) -> Result<(), Fault> {
    let run_id = owner.run_id();
    let values = [run_id.as_str().into(), owner.token().into()];
    if session.first_row(&SHARE_OWNED_LEASE, &values).await?.is_some() {
        return Ok(());
    }
    read_run(session, run_id).await?;
    Err(Error::RunTaken { run_id: run_id.clone() }.into())
}

/// Marks a run as abandoned with its open steps, if it says that it is running and has been silent for too long; as
/// cancelled, if somebody has asked for its end.
pub(super) async fn abandon(
    session: &mut Session,
    run_id: &RunId,
    now: i64,
    silent_for: Duration,
) -> Result<bool, Fault> {
    let values = [now.into(), run_id.as_str().into(), silent_since(now, silent_for).into()];
    if session.execute(&ABANDON_RUN, &values).await? == 0 {
        return Ok(false);
    }
    abandon_steps(session, run_id, now).await?;
    Ok(true)
}

/// Ends the attempts at steps that are open.
pub(super) async fn abandon_steps(session: &mut Session, run_id: &RunId, now: i64) -> Result<(), Fault> {
    session.execute(&ABANDON_STEPS, &[now.into(), run_id.as_str().into()]).await?;
    Ok(())
}

async fn refuse_if_alive(
    session: &mut Session,
    run_id: &RunId,
    host: &str,
    now: i64,
    silent_for: Duration,
) -> Result<(), Fault> {
    let run = read_run(session, run_id).await?;
    if run.status == RunStatus::Running && run.heartbeat_at_us >= silent_since(now, silent_for) {
        return Err(alive(run_id, host, run.heartbeat_at_us).into());
    }
    Ok(())
}

/// The error of a run that shows signs of life.
pub(super) fn alive(run_id: &RunId, host: &str, heartbeat_at_us: i64) -> Error {
    let silent_for = Duration::from_micros(u64::try_from(now_us() - heartbeat_at_us).unwrap_or(0));
    Error::RunAlive { run_id: run_id.clone(), host: host.to_owned(), silent_for }
}

/// A heartbeat before this moment is too old.
pub(super) fn silent_since(now: i64, silent_for: Duration) -> i64 {
    now.saturating_sub(as_us(silent_for)).max(0)
}
