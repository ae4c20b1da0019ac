//! Arguments of `segue demo`, and what becomes of them.

use anyhow::Result;
use clap::Args;
use lake::ObjectStores;
use notify::Notifier;
use pipeline::{Dag, RowPolicy, RunOptions, RunReport, Step, Workspace, WorseModel};
use udfs::scan::BadInput;
use url::Url;
use watch::Alarms;

use super::{examples, metrics, next_steps, sample_slices};
use crate::{
    commands::run::{execute, steps_table},
    console::Console,
    interrupt::Interrupt,
    model_binary::ModelBinary,
    place,
    settings::Settings,
    units,
};

/// Tracks predicted for each playlist.
const PREDICTIONS: u16 = 10;
const KEEP_SETS: u32 = 3;
const SEED: u64 = 42;
/// Training ends after so many seconds, even on a slow machine.
const TRAIN_SECONDS: u64 = 60;

const EXAMPLES: &str = "\
Without --input it makes sample slices in data/raw/sample, if they are not there yet. What it
writes stays: the tables in data/lake, the predictions in data/segue.db.

Examples:
  segue demo
  segue demo --input /data/spotify_million_playlist_dataset/data";

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArgs {
    /// Slices of your own: a folder or file, as a path, file:///path or s3://bucket/prefix
    #[arg(long, value_name = "URL", value_parser = place::parse)]
    input: Option<String>,
    #[command(flatten)]
    model: ModelBinary,
}

pub(crate) async fn run(
    args: DemoArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let input = match &args.input {
        Some(input) => ObjectStores::parse_url(input)?,
        None => interrupt.race(sample_slices::provide(console)).await?,
    };
    let workspace = interrupt.race(settings.open_workspace()).await?;
    let options = options(input, &args.model, settings)?;
    let nobody = Alarms::new(workspace.store.clone(), workspace.lake.url(), Notifier::new(Vec::new()));
    let report = execute(&workspace, &options, &nobody, console.is_quiet(), interrupt).await?;
    interrupt.race(tell(&workspace, &report, settings, console)).await
}

fn options(input: Url, model: &ModelBinary, settings: &Settings) -> Result<RunOptions> {
    Ok(RunOptions {
        // Somebody's own slices may have a flaw or two, which is no reason to end a demonstration.
        bad_input: BadInput::Quarantine,
        // It is run on this today and on that tomorrow.
        row_history: RowPolicy::Off,
        worse_model: WorseModel { publish: true, ..WorseModel::default() },
        predictions: PREDICTIONS,
        keep_sets: KEEP_SETS,
        seed: SEED,
        train_seconds: Some(TRAIN_SECONDS),
        model_binary: model.path(),
        model_arguments: settings.trainer_log(),
        triggered_by: "segue demo".to_owned(),
        ..RunOptions::new(input, Dag::builtin()?)
    })
}

async fn tell(workspace: &Workspace, report: &RunReport, settings: &Settings, console: &mut Console) -> Result<()> {
    console.heading("What was done")?;
    console.table(&steps_table(report))?;
    let total = units::milliseconds(report.duration_ms);
    console.line(format_args!("\nRun {} took {total}.", report.run_id))?;
    if let Some(model_id) = report.step(Step::Train).and_then(|train| train.output.as_deref()) {
        metrics::tell(workspace, model_id, console).await?;
    }
    let examples = examples::find(workspace).await?;
    examples::tell(&examples, console)?;
    next_steps::tell(&examples, workspace, settings, console)
}
