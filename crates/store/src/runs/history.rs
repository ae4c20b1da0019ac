//! What past runs did at a step.

use crate::backend::{Row, Sql};
use crate::{Error, StepRecord, Store};

/// Attempts that are looked through for those of the same lake and input.
const LOOKED_THROUGH: u32 = 500;

const PAST_ROWS: &str = "SELECT run_steps.rows_out, runs.options_json FROM run_steps \
     JOIN runs ON runs.run_id = run_steps.run_id \
     WHERE runs.pipeline = ? AND run_steps.step = ? AND run_steps.status = 'succeeded' \
     AND run_steps.rows_out IS NOT NULL ORDER BY run_steps.started_at_us DESC LIMIT ?";
const LATEST_WITH_INPUT: Sql = Sql::Same(
    "SELECT * FROM run_steps WHERE step = ? AND input_fingerprint = ? AND status = 'succeeded' \
     ORDER BY started_at_us DESC LIMIT 1",
);
const LATEST_DONE: Sql = Sql::Each {
    sqlite: "SELECT run_steps.* FROM run_steps JOIN runs ON runs.run_id = run_steps.run_id \
             WHERE runs.pipeline = ? AND json_extract(runs.options_json, '$.lake') = ? AND run_steps.step = ? \
             AND run_steps.status IN ('succeeded', 'skipped') ORDER BY run_steps.finished_at_us DESC LIMIT 1",
    mysql: "SELECT run_steps.* FROM run_steps JOIN runs ON runs.run_id = run_steps.run_id \
            WHERE runs.pipeline = ? AND JSON_UNQUOTE(JSON_EXTRACT(runs.options_json, '$.lake')) = ? \
            AND run_steps.step = ? AND run_steps.status IN ('succeeded', 'skipped') \
            ORDER BY run_steps.finished_at_us DESC LIMIT 1",
};

impl Store {
    /// Reads how many rows a step wrote in its last successful attempts on this lake and input, the newest first.
    /// Attempts that had nothing to do do not count. Lake and input are compared with the options `lake` and `input` of
    /// the runs.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn past_rows(
        &self,
        pipeline: &str,
        step: &str,
        lake: &str,
        input: &str,
        limit: usize,
    ) -> Result<Vec<u64>, Error> {
        let row = |row: &Row| {
            let options = row.parsed("options_json", str::parse::<serde_json::Value>)?;
            Ok((row.optional_count("rows_out")?, options))
        };
        let values = [pipeline.into(), step.into(), LOOKED_THROUGH.into()];
        let found = self.call("read past rows of step", step).read(PAST_ROWS, &values, row).await?;
        let is_alike = |options: &serde_json::Value| options["lake"] == lake && options["input"] == input;
        let alike = found.into_iter().filter(|(_, options)| is_alike(options));
        Ok(alike.filter_map(|(rows, _)| rows).take(limit).collect())
    }

    /// Finds the newest attempt of any run that did a step's work for this input.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn latest_with_input(&self, step: &str, input_fingerprint: &str) -> Result<Option<StepRecord>, Error> {
        let values = [step.into(), input_fingerprint.into()];
        self.call("find who did step", step).read_first(LATEST_WITH_INPUT, &values, StepRecord::from_row).await
    }

    /// Finds the newest attempt of any run of a pipeline on a lake after which a step's output was up to date: it did the
    /// work, or found nothing to do. The lake is compared with the option `lake` of the runs.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn latest_done(&self, pipeline: &str, lake: &str, step: &str) -> Result<Option<StepRecord>, Error> {
        let values = [pipeline.into(), lake.into(), step.into()];
        self.call("find when it was done last, step", step).read_first(LATEST_DONE, &values, StepRecord::from_row).await
    }
}
