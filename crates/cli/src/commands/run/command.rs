//! Arguments of `segue run`, and what becomes of them.

use anyhow::Result;
use clap::Args;
use watch::Alarms;

use super::{execute, run_settings::RunSettings, steps_table, summary::plan_table};
use crate::{channels::Channels, console::Console, interrupt::Interrupt, settings::Settings, units};

/// Name of the job under which the metrics of a run's process are pushed.
const JOB: &str = "segue_run";

const EXAMPLES: &str = "\
Examples:
  segue run --input data/raw
  segue run --input s3://bucket/mpd --bad-input quarantine --k 500
  segue run --input data/raw --from train --model-config model.toml
  segue run --input data/raw --steps quarantine,playlists,playlist_tracks
  segue run --input data/raw --dry-run
  segue run --input data/raw --pipeline pipeline.toml

Steps: quarantine, playlists, playlist_tracks, tracks, sequences, track_cooccurrence, train, predict, publish.

Only slices that are new or changed are read, and a step whose input did not change is left out,
training, prediction and publication included, unless --full says otherwise.
What a step writes is checked before it is seen (sql/checks): duplicate_playlists,
playlists_reconciled, quarantined_playlists, declared_track_counts, doubled_playlists,
tracks_reconciled, malformed_uris, durations.

A step whose rows are far from those of past runs fails (--row-history), and a model that is worse
than the published one is not published (--worse-by, --publish-worse).

A run that failed or was interrupted goes on where it stopped when the same command is given again,
and a cancelled one only by `segue runs retry`. One run works on a lake at a time. SEGUE_MODEL_THREADS and SEGUE_MODEL_DEVICE tell the trainer what
to compute with.";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    run: RunSettings,
    #[command(flatten)]
    channels: Channels,
    /// Pushgateway that is told the metrics of this process at its end, such as http://host:9091; the trainer tells its own
    /// where the variable says
    #[arg(long, env = "SEGUE_PUSH_METRICS", hide_env_values = true, value_name = "URL")]
    push_metrics: Option<String>,
    /// Show what the run would do, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report as one JSON document instead of a table
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(
    args: RunArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let options = args.run.options(settings, "segue run")?;
    let notifier = args.channels.notifier()?;
    let workspace = interrupt.race(settings.open_workspace()).await?;
    if args.dry_run {
        let planned = interrupt.race(async { Ok(pipeline::plan(&workspace, &options).await?) }).await?;
        return if args.json { console.json(&planned) } else { Ok(console.table(&plan_table(&planned))?) };
    }
    let alarms = Alarms::new(workspace.store.clone(), workspace.lake.url(), notifier);
    let outcome = execute(&workspace, &options, &alarms, console.is_quiet(), interrupt).await;
    push_metrics(args.push_metrics.as_deref()).await;
    let report = outcome?;
    if args.json {
        return console.json(&report);
    }
    console.table(&steps_table(&report))?;
    let total = units::milliseconds(report.duration_ms);
    Ok(console.line(format_args!("\nrun {} succeeded in {total}", report.run_id))?)
}

/// Tells the Pushgateway, if there is one. The run's own figures are in the database, whatever becomes of these.
async fn push_metrics(gateway: Option<&str>) {
    let Some(gateway) = gateway.filter(|gateway| !gateway.is_empty()) else { return };
    if let Err(error) = runtime::push::push(gateway, JOB).await {
        tracing::warn!(error, "the Pushgateway does not take metrics");
    }
}
