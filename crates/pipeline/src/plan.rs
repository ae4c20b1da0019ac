//! What a run would do, without doing it.

use serde::Serialize;
use udfs::scan::SliceVersions;

use crate::{Result, RunOptions, Step, Workspace, inputs, run, steps::query::QueryStep};

/// A step as a run would find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// What it waits for.
    pub inputs: Vec<String>,
    /// Whether it would do anything.
    pub runs: bool,
    /// Why, or why not.
    pub reason: String,
}

/// Looks at what the steps of a run would do, in their order. Nothing is written, and nothing is recorded.
///
/// Steps of SQL compare their tables with what they would be made of. What depends on a step that runs is expected to run,
/// too; whether training, prediction and publication find their work done shows only in the run.
///
/// # Errors
/// As [`run()`](crate::run()) has before it begins, [`crate::Error::Busy`] aside.
pub async fn plan(workspace: &Workspace, options: &RunOptions) -> Result<Vec<PlannedStep>> {
    let slices = run::slices(workspace, options).await?;
    let mut planned: Vec<PlannedStep> = Vec::new();
    for &step in &options.steps {
        let (runs, reason) = match changed_before(step, &planned) {
            Some(table) => (true, format!("`{table}` changes before it")),
            None => alone(workspace, options, step, &slices).await?,
        };
        let inputs = options.dag.node(step).map(|node| node.inputs.clone()).unwrap_or_default();
        planned.push(PlannedStep { step, inputs, runs, reason });
    }
    Ok(planned)
}

/// A table that the step reads and that a step before it would write anew.
fn changed_before(step: Step, before: &[PlannedStep]) -> Option<&'static str> {
    if let Some(train) = before.iter().find(|planned| planned.step == Step::Train && step == Step::Predict) {
        return train.runs.then_some("model");
    }
    let changed = before.iter().filter(|planned| planned.runs).filter_map(|planned| planned.step.table());
    changed.into_iter().find(|table| step.inputs().contains(table))
}

async fn alone(
    workspace: &Workspace,
    options: &RunOptions,
    step: Step,
    slices: &SliceVersions,
) -> Result<(bool, String)> {
    let inputs = inputs::of_step(&workspace.lake, step).await?;
    let Some(sql) = step.sql() else {
        return Ok((true, "unless a run has done it with the same tables and settings".to_owned()));
    };
    let pending = QueryStep { workspace, options, step, sql, slices, inputs: &inputs }.pending().await?;
    Ok(match pending {
        Some(reason) => (true, reason),
        None => (false, "nothing to do, its input did not change".to_owned()),
    })
}
