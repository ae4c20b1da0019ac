//! `segue vacuum`.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use lake::VacuumOptions;

use crate::{console::Console, failure::UsageError, settings::Settings, units};

const NOTES: &str = "\
Every run writes new versions of its tables; the old ones stay readable until they are removed here. What writes that
were killed left behind is removed, too. Nothing that is younger than the given age is touched, so choose one that is
longer than any run and any query takes.

On S3, give the bucket a lifecycle rule that aborts incomplete multipart uploads as well: parts of a killed upload are
visible to nobody but the bill.";

/// Arguments of `vacuum`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct VacuumArgs {
    /// Age in hours below which everything stays
    #[arg(long, value_name = "HOURS", default_value_t = 168)]
    older_than: u32,
    /// Latest versions of each table that stay whatever their age
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    keep_versions: u16,
    /// Remove what may still be in use, which an age of 0 does: runs, queries and readers that are at work fail
    #[arg(long)]
    nobody_is_at_work: bool,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: VacuumArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    if args.older_than == 0 && !(args.nobody_is_at_work || args.dry_run) {
        let reason = "with --older-than 0 files go that a run is writing or a query is reading: say \
                      --nobody-is-at-work if that is so, or --dry-run to see what would go";
        return Err(UsageError(reason.to_owned()).into());
    }
    let options = VacuumOptions {
        older_than: Duration::from_secs(u64::from(args.older_than) * 3600),
        keep_versions: usize::from(args.keep_versions),
        dry_run: args.dry_run,
    };
    let report = settings.open_lake().await?.vacuum(&options).await?;
    if args.json {
        return console.json(&report);
    }
    let done = if args.dry_run { "would remove" } else { "removed" };
    let (versions, files) = (units::count(report.versions), units::count(report.files));
    console.notice(format_args!("{done} {versions} versions and {files} files of {}", units::bytes(report.bytes)));
    Ok(())
}
