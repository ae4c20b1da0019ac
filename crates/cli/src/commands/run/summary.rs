//! What a run did, as a table.

use comfy_table::Table;
use pipeline::{PlannedStep, RunReport};

use crate::{table::table, units};

/// A row for each step.
pub(crate) fn steps_table(report: &RunReport) -> Table {
    let mut shown = table(&["step", "rows", "size", "time", "output"], &[1, 2, 3]);
    for step in &report.steps {
        let output = step.output.clone().unwrap_or_default();
        shown.add_row([
            step.step.to_string(),
            units::count(step.rows),
            units::bytes(step.bytes),
            units::milliseconds(step.duration_ms),
            match (step.resumed, step.unchanged) {
                (true, _) => format!("{output} (done before)"),
                (_, true) => format!("{output} (unchanged)"),
                _ => output,
            },
        ]);
    }
    shown
}

/// What a run would do, a row for each step.
pub(crate) fn plan_table(planned: &[PlannedStep]) -> Table {
    let mut shown = table(&["step", "waits for", "would", "because"], &[]);
    for step in planned {
        let would = if step.runs { "run" } else { "be left out" };
        shown.add_row([step.step.to_string(), step.inputs.join(", "), would.to_owned(), step.reason.clone()]);
    }
    shown
}
