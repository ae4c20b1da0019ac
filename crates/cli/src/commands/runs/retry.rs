//! `segue runs retry`.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args;
use pipeline::{RowPolicy, RunOptions};
use store::RunStatus;
use url::Url;
use watch::Alarms;

use super::{LATEST, show::find};
use crate::{
    channels::Channels,
    commands::run::{dag, execute, steps_table},
    console::Console,
    failure::UsageError,
    interrupt::Interrupt,
    model_binary::ModelBinary,
    settings::Settings,
    units,
};

/// Arguments of `runs retry`.
#[derive(Debug, Args)]
pub(super) struct RetryArgs {
    /// Id of the run
    #[arg(value_name = "ID", default_value = LATEST)]
    run: String,
    /// Let rows through that are far from those of past runs
    #[arg(long)]
    accept_rows: bool,
    /// Publish a model although it is worse than the published one
    #[arg(long)]
    publish_worse: bool,
    /// The graph of steps that the run had
    #[arg(long, env = "SEGUE_PIPELINE", value_name = "FILE")]
    pipeline: Option<PathBuf>,
    #[command(flatten)]
    model: ModelBinary,
    #[command(flatten)]
    channels: Channels,
}

/// Goes on with a run.
pub(super) async fn retry(
    args: RetryArgs,
    is_json: bool,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let notifier = args.channels.notifier()?;
    let workspace = interrupt.race(settings.open_workspace()).await?;
    let run = interrupt.race(find(&args.run, &workspace.store)).await?;
    if run.status == RunStatus::Succeeded {
        return Err(UsageError(format!("run `{}` has succeeded: there is nothing to go on with", run.run_id)).into());
    }
    let nowhere = Url::parse("file:///")?;
    let usual = RunOptions {
        model_binary: args.model.path(),
        model_arguments: settings.trainer_log(),
        triggered_by: "segue runs retry".to_owned(),
        ..RunOptions::new(nowhere, dag(args.pipeline.as_deref())?)
    };
    let older = |reason| anyhow!("the settings of run `{}` cannot be read: {reason}", run.run_id);
    let (mut options, lake) = usual.with_record(&run.options).map_err(older)?;
    if lake != workspace.lake.url().as_str() {
        return Err(UsageError(format!("run `{}` works on the lake {lake}: name it with --lake", run.run_id)).into());
    }
    options.resume = Some(run.run_id.clone());
    options.worse_model.publish |= args.publish_worse;
    if args.accept_rows {
        options.row_history = RowPolicy::Warn;
    }
    let alarms = Alarms::new(workspace.store.clone(), workspace.lake.url(), notifier);
    let report = execute(&workspace, &options, &alarms, console.is_quiet(), interrupt).await?;
    if is_json {
        return console.json(&report);
    }
    console.table(&steps_table(&report))?;
    let total = units::milliseconds(report.duration_ms);
    Ok(console.line(format_args!("\nrun {} succeeded in {total}", report.run_id))?)
}
