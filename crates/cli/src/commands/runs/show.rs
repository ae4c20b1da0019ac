//! `segue runs list` and `segue runs show`.

use anyhow::{Result, bail};
use serde::Serialize;
use store::{RunId, RunRecord, StepRecord, Store};

use super::LATEST;
use crate::{
    console::Console,
    table::{plain, table},
    units,
};

/// A run and what was done in it.
#[derive(Debug, Serialize)]
struct RunWithSteps {
    #[serde(flatten)]
    run: RunRecord,
    steps: Vec<StepRecord>,
}

/// The run of an id, or the latest.
///
/// # Errors
/// If there is none.
pub(super) async fn find(id: &str, store: &Store) -> Result<RunRecord> {
    let run = if id == LATEST {
        store.list_runs(1).await?.into_iter().next()
    } else {
        store.run(&RunId::try_new(id)?).await?
    };
    match run {
        Some(run) => Ok(run),
        None => bail!("there is no run `{id}`; `segue runs` lists them"),
    }
}

pub(super) async fn list(limit: u32, is_json: bool, store: &Store, console: &mut Console) -> Result<()> {
    let runs = store.list_runs(limit).await?;
    if is_json {
        return console.json(&runs);
    }
    if runs.is_empty() {
        console.notice(format_args!("{} has no runs yet; `segue run` starts one", store.url()));
    }
    let mut shown = table(&["run", "status", "started (UTC)", "time", "started by", "error"], &[3]);
    for run in &runs {
        shown.add_row([
            run.run_id.to_string(),
            run.status.to_string(),
            units::time(run.started_at_us),
            duration(run.started_at_us, run.finished_at_us),
            plain(&run.triggered_by),
            first_line(run.error.as_deref()),
        ]);
    }
    Ok(console.table(&shown)?)
}

pub(super) async fn show(id: &str, is_json: bool, store: &Store, console: &mut Console) -> Result<()> {
    let run = find(id, store).await?;
    let steps = store.steps_of(&run.run_id).await?;
    if is_json {
        return console.json(&RunWithSteps { run, steps });
    }
    console.line(format_args!("run      {}", run.run_id))?;
    console.line(format_args!("status   {}", run.status))?;
    console.line(format_args!("started  {} UTC by {}", units::time(run.started_at_us), run.triggered_by))?;
    console.line(format_args!("ended    {}", run.finished_at_us.map_or_else(|| "not yet".to_owned(), units::time)))?;
    console.line(format_args!("options  {}", run.options))?;
    if let Some(error) = &run.error {
        console.line(format_args!("error    {}", plain(error)))?;
    }
    console.line("")?;
    Ok(console.table(&steps_table(&steps))?)
}

fn steps_table(steps: &[StepRecord]) -> comfy_table::Table {
    let mut shown = table(&["step", "attempt", "status", "rows", "size", "time", "output", "error"], &[1, 3, 4, 5]);
    for step in steps {
        shown.add_row([
            step.step.clone(),
            step.attempt.to_string(),
            step.status.to_string(),
            units::count(step.rows_out),
            units::bytes(step.bytes),
            units::milliseconds(step.duration_ms),
            step.output_version.clone().unwrap_or_default(),
            first_line(step.error.as_deref()),
        ]);
    }
    shown
}

fn duration(started_at_us: i64, finished_at_us: Option<i64>) -> String {
    let microseconds = finished_at_us.map(|finished| finished.saturating_sub(started_at_us));
    units::milliseconds(microseconds.and_then(|passed| u64::try_from(passed / 1000).ok()))
}

fn first_line(error: Option<&str>) -> String {
    plain(error.and_then(|error| error.lines().next()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_do_not_steer_the_terminal() {
        assert_eq!(first_line(Some("bad \u{1b}[2Jtitle\nmore")), "bad \u{fffd}[2Jtitle");
        assert_eq!(first_line(None), "");
    }
}
