//! The options of a run as its record has them, so that `segue runs retry` need not be told again.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use udfs::scan::BadInput;

use crate::{RunOptions, Step, WorseModel};

/// What a record says of a run. Nothing of it is secret.
#[derive(Debug, Serialize, Deserialize)]
struct Recorded {
    lake: String,
    input: String,
    steps: Vec<String>,
    bad_input: String,
    removed_slices: String,
    row_history: String,
    full: bool,
    allowed: BTreeMap<String, f64>,
    allow_empty: bool,
    predictions: u16,
    keep_sets: u32,
    seed: u64,
    train_seconds: Option<u64>,
    model_config: Option<PathBuf>,
    worse_by: f64,
    publish_worse: bool,
}

impl RunOptions {
    /// The options as they are recorded, with the lake's address.
    pub(crate) fn to_record(&self, lake: &str) -> Value {
        let name = |policy: Value| policy.as_str().unwrap_or_default().to_owned();
        let recorded = Recorded {
            lake: lake.to_owned(),
            input: self.input.to_string(),
            steps: self.steps.iter().map(|step| step.name().to_owned()).collect(),
            bad_input: match self.bad_input {
                BadInput::Fail => "fail".to_owned(),
                BadInput::Quarantine => "quarantine".to_owned(),
            },
            removed_slices: name(serde_json::json!(self.removed_slices)),
            row_history: name(serde_json::json!(self.row_history)),
            full: self.full,
            allowed: self.allowed.clone(),
            allow_empty: self.allow_empty,
            predictions: self.predictions,
            keep_sets: self.keep_sets,
            seed: self.seed,
            train_seconds: self.train_seconds,
            model_config: self.model_config.clone(),
            worse_by: self.worse_model.tolerated,
            publish_worse: self.worse_model.publish,
        };
        serde_json::json!(recorded)
    }

    /// These options with what a record says of another run in their place; returns the lake's address, too. The graph,
    /// the trainer and who started it stay.
    ///
    /// # Errors
    /// Why the record cannot be used, such as one of an older program.
    pub fn with_record(mut self, record: &Value) -> Result<(Self, String), String> {
        let recorded: Recorded = serde_json::from_value(record.clone()).map_err(|error| error.to_string())?;
        self.input = recorded.input.parse().map_err(|error: url::ParseError| error.to_string())?;
        let step = |name: &String| {
            let of_dag = self.dag.step(name);
            of_dag.ok_or_else(|| format!("its step `{name}` is not part of this pipeline; --pipeline names another"))
        };
        self.steps = recorded.steps.iter().map(step).collect::<Result<Vec<Step>, _>>()?;
        self.bad_input = match recorded.bad_input.as_str() {
            "quarantine" => BadInput::Quarantine,
            _ => BadInput::Fail,
        };
        self.removed_slices = recorded.removed_slices.parse()?;
        self.row_history = recorded.row_history.parse()?;
        self.full = recorded.full;
        self.allowed = recorded.allowed;
        self.allow_empty = recorded.allow_empty;
        self.predictions = recorded.predictions;
        self.keep_sets = recorded.keep_sets;
        self.seed = recorded.seed;
        self.train_seconds = recorded.train_seconds;
        self.model_config = recorded.model_config;
        self.worse_model = WorseModel { tolerated: recorded.worse_by, publish: recorded.publish_worse };
        Ok((self, recorded.lake))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dag, RemovedSlices, RowPolicy};

    #[test]
    fn a_record_has_all_that_a_run_is_told() {
        let of = |input: &str| RunOptions::new(input.parse().unwrap(), Dag::builtin().unwrap());
        let told = RunOptions {
            bad_input: BadInput::Quarantine,
            steps: vec![Step::Tracks, Step::Train],
            full: true,
            removed_slices: RemovedSlices::Keep,
            allowed: BTreeMap::from([("durations".to_owned(), 0.5)]),
            allow_empty: true,
            row_history: RowPolicy::Warn,
            worse_model: WorseModel { tolerated: 0.2, publish: true },
            predictions: 7,
            keep_sets: 2,
            seed: 9,
            train_seconds: Some(5),
            model_config: Some("model.toml".into()),
            ..of("s3://bucket/mpd")
        };
        let (again, lake) = of("file:///other").with_record(&told.to_record("s3://bucket/lake/")).unwrap();
        assert_eq!(lake, "s3://bucket/lake/");
        assert_eq!(format!("{again:?}"), format!("{told:?}"));
        let older = serde_json::json!({ "input": "file:///raw", "steps": ["tracks"], "seed": 1 });
        assert!(of("file:///other").with_record(&older).unwrap_err().contains("missing field"));
    }
}
