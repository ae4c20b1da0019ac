//! Starting, finishing and finding attempts at steps.

use crate::backend::{Call, Fault, Session, Sql, Value};
use crate::clock::now_us;
use crate::runs::lease::hold;
use crate::text::{bounded_message, check_length};
use crate::{Error, RunId, RunOwner, StepOutcome, StepRecord, StepStart, StepStatus, Store};

const INSERT_STEP: Sql = Sql::Same(
    "INSERT INTO run_steps (run_id, step, attempt, input_fingerprint, status, started_at_us) \
     VALUES (?, ?, ?, ?, 'running', ?)",
);
const FINISH_STEP: Sql = Sql::Same(
    "UPDATE run_steps SET status = ?, finished_at_us = ?, rows_in = ?, rows_out = ?, bytes = ?, duration_ms = ?, \
     output_version = ?, error = ? WHERE run_id = ? AND step = ? AND attempt = ? AND status = 'running'",
);
const STEP: &str = "SELECT * FROM run_steps WHERE run_id = ? AND step = ? AND attempt = ?";
const STEPS: &str = "SELECT * FROM run_steps WHERE run_id = ? ORDER BY started_at_us, step, attempt";
const COMPLETED_STEP: &str = "SELECT * FROM run_steps WHERE run_id = ? AND step = ? AND input_fingerprint = ? \
     AND status IN ('succeeded', 'skipped') ORDER BY attempt DESC LIMIT 1";

impl Store {
    /// Records that an attempt at a step of the owner's run starts now.
    ///
    /// # Errors
    ///
    /// [`Error::RunTaken`] when another process has taken the run over; [`Error::StepExists`] when the attempt was
    /// started before; [`Error::InvalidValue`] when a text does not fit.
    pub async fn start_step(&self, owner: &RunOwner, start: &StepStart) -> Result<(), Error> {
        start.check()?;
        let now = now_us();
        let (run_id, step, attempt) = (owner.run_id(), start.step.as_str(), start.attempt);
        let values =
            [run_id.as_str().into(), step.into(), attempt.into(), start.input_fingerprint.as_str().into(), now.into()];
        let call = self.call("start step", step_key(run_id, step, attempt));
        match call.attempt(|| execute_once(&call, owner, &INSERT_STEP, &values)).await {
            // The first attempt may have succeeded although its answer was lost; then the row is this call's own.
            Err(error) if error.is_duplicate() => match self.step(run_id, step, attempt).await? {
                Some(found) if found.started_at_us == now && found.input_fingerprint == start.input_fingerprint => {
                    Ok(())
                }
                _ => Err(Error::StepExists { run_id: run_id.clone(), step: step.to_owned(), attempt }),
            },
            result => result.map(drop),
        }
    }

    /// Records how an attempt of the owner's run ended. Finishing twice in the same way changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::RunTaken`] when another process has taken the run over; [`Error::UnknownStep`], or [`Error::StepEnded`]
    /// when it had ended in another way. [`Error::InvalidValue`] for [`StepStatus::Running`] or an output version that
    /// is too long.
    pub async fn finish_step(
        &self,
        owner: &RunOwner,
        step: &str,
        attempt: u32,
        outcome: &StepOutcome,
    ) -> Result<(), Error> {
        if outcome.status == StepStatus::Running {
            let (value, expected) = (outcome.status.to_string(), "the way in which the attempt ended");
            return Err(Error::InvalidValue { field: "step status", value, expected });
        }
        let output_version = outcome.output_version.as_deref();
        check_length("output_version", output_version.unwrap_or_default(), 255, "at most 255 bytes")?;
        let error = outcome.error.as_deref().map(bounded_message);
        let run_id = owner.run_id();
        let values = [
            outcome.status.as_str().into(),
            now_us().into(),
            outcome.rows_in.into(),
            outcome.rows_out.into(),
            outcome.bytes.into(),
            outcome.duration_ms.into(),
            output_version.into(),
            error.as_deref().into(),
            run_id.as_str().into(),
            step.into(),
            attempt.into(),
        ];
        let call = self.call("finish step", step_key(run_id, step, attempt));
        if call.attempt(|| execute_once(&call, owner, &FINISH_STEP, &values)).await? > 0 {
            return Ok(());
        }
        let (run_id, step) = (run_id.clone(), step.to_owned());
        match self.step(&run_id, &step, attempt).await? {
            None => Err(Error::UnknownStep { run_id, step, attempt }),
            Some(found) if found.status == outcome.status => Ok(()),
            Some(found) => Err(Error::StepEnded { run_id, step, attempt, status: found.status }),
        }
    }

    /// Reads all attempts of a run, in the order in which they started.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn steps_of(&self, run_id: &RunId) -> Result<Vec<StepRecord>, Error> {
        self.call("list the steps of run", run_id).read(STEPS, &[run_id.as_str().into()], StepRecord::from_row).await
    }

    /// Finds the attempt of a run that completed a step for this input: a resumed run need not do the step again.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn completed_step(
        &self,
        run_id: &RunId,
        step: &str,
        input_fingerprint: &str,
    ) -> Result<Option<StepRecord>, Error> {
        let values = [run_id.as_str().into(), step.into(), input_fingerprint.into()];
        self.call("find completed step", format_args!("{run_id}/{step}"))
            .read_first(COMPLETED_STEP, &values, StepRecord::from_row)
            .await
    }

    async fn step(&self, run_id: &RunId, step: &str, attempt: u32) -> Result<Option<StepRecord>, Error> {
        let values = [run_id.as_str().into(), step.into(), attempt.into()];
        self.call("read step", step_key(run_id, step, attempt)).read_first(STEP, &values, StepRecord::from_row).await
    }
}

/// Executes a statement if the run is still its owner's.
pub(super) async fn execute_once(
    call: &Call<'_>,
    owner: &RunOwner,
    sql: &Sql,
    values: &[Value<'_>],
) -> Result<u64, Fault> {
    let mut session = call.session().await?;
    session.begin().await?;
    let executed = hold_and_execute(&mut session, owner, sql, values).await;
    session.end(executed).await
}

async fn hold_and_execute(
    session: &mut Session,
    owner: &RunOwner,
    sql: &Sql,
    values: &[Value<'_>],
) -> Result<u64, Fault> {
    hold(session, owner).await?;
    session.execute(sql, values).await
}

fn step_key(run_id: &RunId, step: &str, attempt: u32) -> String {
    format!("{run_id}/{step}/{attempt}")
}
