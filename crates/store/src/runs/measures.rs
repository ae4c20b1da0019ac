//! What the rows of steps are like, in numbers.

use std::collections::BTreeMap;

use crate::backend::{Row, Sql};
use crate::{Error, RunId, RunOwner, Store};

use super::step::execute_once;

/// Numbers by the names of what they measure.
pub type Measures = BTreeMap<String, f64>;

/// Attempts that are looked through for those of the same lake and input.
const LOOKED_THROUGH: u32 = 500;

const INSERT: Sql = Sql::Each {
    sqlite: "INSERT INTO step_measures (run_id, step, attempt, measures_json) VALUES (?, ?, ?, ?) \
             ON CONFLICT (run_id, step, attempt) DO UPDATE SET measures_json = excluded.measures_json",
    mysql: "INSERT INTO step_measures (run_id, step, attempt, measures_json) VALUES (?, ?, ?, ?) \
            ON DUPLICATE KEY UPDATE measures_json = VALUES(measures_json)",
};
const PAST: &str = "SELECT step_measures.measures_json, runs.options_json FROM step_measures \
     JOIN run_steps ON run_steps.run_id = step_measures.run_id AND run_steps.step = step_measures.step \
     AND run_steps.attempt = step_measures.attempt \
     JOIN runs ON runs.run_id = run_steps.run_id \
     WHERE runs.pipeline = ? AND run_steps.step = ? AND run_steps.status = 'succeeded' \
     ORDER BY run_steps.started_at_us DESC LIMIT ?";
const OF_RUN: &str = "SELECT step, measures_json FROM step_measures WHERE run_id = ? ORDER BY step, attempt";

impl Store {
    /// Records what the rows of an attempt of the owner's run are like. Doing it again replaces it.
    ///
    /// # Errors
    ///
    /// [`Error::RunTaken`] when another process has taken the run over.
    pub async fn record_measures(
        &self,
        owner: &RunOwner,
        step: &str,
        attempt: u32,
        measures: &Measures,
    ) -> Result<(), Error> {
        let run_id = owner.run_id();
        let body = serde_json::json!(measures).to_string();
        let values = [run_id.as_str().into(), step.into(), attempt.into(), body.as_str().into()];
        let call = self.call("record measures of step", format_args!("{run_id}/{step}/{attempt}"));
        call.attempt(|| execute_once(&call, owner, &INSERT, &values)).await.map(drop)
    }

    /// Reads what the rows of a step were like in its last successful attempts on this lake and input, the newest first.
    /// Lake and input are compared with the options `lake` and `input` of the runs.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn past_measures(
        &self,
        pipeline: &str,
        step: &str,
        lake: &str,
        input: &str,
        limit: usize,
    ) -> Result<Vec<Measures>, Error> {
        let row = |row: &Row| {
            let options = row.parsed("options_json", str::parse::<serde_json::Value>)?;
            Ok((row.parsed("measures_json", measures)?, options))
        };
        let values = [pipeline.into(), step.into(), LOOKED_THROUGH.into()];
        let found = self.call("read past measures of step", step).read(PAST, &values, row).await?;
        let is_alike = |options: &serde_json::Value| options["lake"] == lake && options["input"] == input;
        let alike = found.into_iter().filter(|(_, options)| is_alike(options));
        Ok(alike.map(|(measures, _)| measures).take(limit).collect())
    }

    /// Reads what the rows of a run's steps are like; of several attempts at a step, the last one counts.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn measures_of(&self, run_id: &RunId) -> Result<BTreeMap<String, Measures>, Error> {
        let row = |row: &Row| Ok((row.text("step")?, row.parsed("measures_json", measures)?));
        let found = self.call("read measures of run", run_id).read(OF_RUN, &[run_id.as_str().into()], row).await?;
        Ok(found.into_iter().collect())
    }
}

fn measures(text: &str) -> serde_json::Result<Measures> {
    serde_json::from_str(text)
}
