//! Arguments of `runs`, and what becomes of them.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{cancel, retry, show};
use crate::{console::Console, interrupt::Interrupt, settings::Settings};

/// Runs that are listed at most.
const MOST_RUNS: i64 = 10_000;
const DEFAULT_LIMIT: u32 = 20;

const EXAMPLES: &str = "\
Examples:
  segue runs
  segue runs show latest
  segue runs list --limit 3 --json
  segue runs cancel latest
  segue runs retry 0192d2c4-…";

/// Arguments of `runs`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    command: Option<RunsCommand>,
    /// Print one JSON document instead of a table
    #[arg(long, global = true)]
    json: bool,
}

/// What can be done with runs.
#[derive(Debug, Subcommand)]
enum RunsCommand {
    /// List the runs, the newest first; this is the default
    List(ListArgs),
    /// Show one run and every attempt at its steps
    Show(RunArgument),
    /// Go on with a run that did not succeed, with the settings that it had, at the step that it had not finished
    Retry(retry::RetryArgs),
    /// End a run, wherever its process is; `latest` is the newest that is running
    Cancel(RunArgument),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Most runs to list
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = DEFAULT_LIMIT,
        value_parser = clap::value_parser!(u32).range(1..=MOST_RUNS)
    )]
    limit: u32,
}

#[derive(Debug, Args)]
struct RunArgument {
    /// Id of the run, or `latest`
    #[arg(value_name = "ID")]
    run: String,
}

pub(crate) async fn run(
    args: RunsArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let command = args.command.unwrap_or(RunsCommand::List(ListArgs { limit: DEFAULT_LIMIT }));
    // A retry is a run, and records that it was interrupted.
    if let RunsCommand::Retry(retry) = command {
        return retry::retry(retry, args.json, settings, console, interrupt).await;
    }
    let store = interrupt.race(settings.open_store()).await?;
    let work = async {
        match command {
            RunsCommand::List(ListArgs { limit }) => show::list(limit, args.json, &store, console).await,
            RunsCommand::Show(RunArgument { run }) => show::show(&run, args.json, &store, console).await,
            RunsCommand::Cancel(RunArgument { run }) => cancel::cancel(&run, args.json, &store, console).await,
            RunsCommand::Retry(_) => Ok(()),
        }
    };
    interrupt.race(work).await
}
