//! Arguments of `segue doctor`, and what becomes of them.

use anyhow::Result;
use clap::Args;

use super::{
    check::{Check, Outcome},
    conditional_writes, database, lake, machine, model, scheduler,
};
use crate::{console::Console, failure::AlreadyReported, model_binary::ModelBinary, settings::Settings};

/// Exit code if a check fails.
const FAILED: u8 = 1;

const EXAMPLES: &str = "\
It writes two small objects below _doctor in the lake and removes them, and it creates the lake
and the database's tables if they are not there yet. It ends with 0 if nothing failed, else with 1.

Examples:
  segue doctor
  segue doctor --lake s3://bucket/lake --database mysql://segue@db/segue --json";

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    model: ModelBinary,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: DoctorArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let mut checks = vec![machine::processors(), machine::memory(), model::check(&args.model).await];
    match lake::open(settings).await {
        Ok((check, lake)) => {
            checks.push(check);
            checks.push(conditional_writes::check(&lake).await);
        }
        Err(check) => checks.push(check),
    }
    checks.push(database::check(settings).await);
    checks.extend(scheduler::check(settings).await);
    // After the checks that make folders.
    checks.extend(machine::disks(settings));
    if args.json {
        console.json(&checks)?;
    } else {
        show(&checks, console)?;
    }
    if checks.iter().any(|check| check.outcome == Outcome::Fail) {
        console.flush()?;
        return Err(AlreadyReported { exit_code: FAILED }.into());
    }
    Ok(())
}

fn show(checks: &[Check], console: &mut Console) -> Result<()> {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    for check in checks {
        console.line(format_args!("{:<4}  {:<width$}  {}", check.outcome, check.name, check.finding))?;
        if let Some(fix) = &check.fix {
            console.line(format_args!("{:<4}  {:<width$}  fix: {fix}", "", ""))?;
        }
    }
    Ok(())
}
