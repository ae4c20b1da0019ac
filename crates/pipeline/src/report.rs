//! What a run did.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{Drift, RowFinding, Step};

/// What a step did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepReport {
    /// The step.
    pub step: Step,
    /// Whether an earlier attempt at this run had done it.
    pub resumed: bool,
    /// Whether there was nothing to do, as what it wrote last was made from the same.
    pub unchanged: bool,
    /// Rows of what it wrote.
    pub rows: Option<u64>,
    /// Bytes of what it wrote.
    pub bytes: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Names what it wrote: the version of a table, the id of a model or of a prediction set.
    pub output: Option<String>,
    /// What the trainer or the predictor reported; slices that were read and checks that were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
    /// What is remarkable about its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unusual: Option<RowFinding>,
    /// What its rows are like, where that is far from what it used to be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drifts: Vec<Drift>,
    /// Fields of the slices that no table has.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unknown_fields: BTreeSet<String>,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunReport {
    /// Id of the run.
    pub run_id: String,
    /// Whether an earlier attempt was continued.
    pub resumed: bool,
    /// The steps in order.
    pub steps: Vec<StepReport>,
    /// How long this attempt took, in milliseconds.
    pub duration_ms: u64,
}

impl RunReport {
    /// The report of a step, if it was part of the run.
    pub fn step(&self, step: Step) -> Option<&StepReport> {
        self.steps.iter().find(|report| report.step == step)
    }
}
