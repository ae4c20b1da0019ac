//! `segue runs cancel`.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use pipeline::{Liveness, this_process};
use store::{RunRecord, RunStatus, Store};

use super::{LATEST, show::find};
use crate::console::Console;

/// How long the run's process may take to end it. It looks every 2 s, and a statement of its may take 30 s.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(250);
/// Runs among which the newest that is running is looked for.
const LOOKED_AT: u32 = 1000;

/// Asks for the end of a run and waits until it has ended. A run whose process is gone
/// is marked as cancelled at once. The latest run is the newest that is running.
pub(super) async fn cancel(id: &str, is_json: bool, store: &Store, console: &mut Console) -> Result<()> {
    let run = if id == LATEST { newest_running(store).await? } else { find(id, store).await? };
    store.request_cancellation(&run.run_id, &format!("segue runs cancel on {}", this_process())).await?;
    let ended = wait(store, &run).await?;
    if is_json {
        return console.json(&ended);
    }
    Ok(console.line(format_args!("run {} is {}", ended.run_id, ended.status))?)
}

async fn newest_running(store: &Store) -> Result<RunRecord> {
    let runs = store.list_runs(LOOKED_AT).await?;
    let running = runs.into_iter().find(|run| run.status == RunStatus::Running);
    running.ok_or_else(|| anyhow!("no run is running; `segue runs` lists those that were"))
}

async fn wait(store: &Store, run: &RunRecord) -> Result<RunRecord> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = find(run.run_id.as_str(), store).await?;
        if now.status != RunStatus::Running {
            return Ok(now);
        }
        let silent_for = Liveness::default().silent_for;
        if now.silent_for() >= silent_for {
            store.abandon_if_silent(&run.run_id, silent_for).await?;
        } else if Instant::now() > deadline {
            bail!(
                "run `{}` has not ended within {} s; `segue runs show` tells when it has",
                run.run_id,
                PATIENCE.as_secs()
            );
        }
        tokio::time::sleep(POLL).await;
    }
}
