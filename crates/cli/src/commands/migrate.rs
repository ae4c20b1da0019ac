//! `segue migrate`.

use anyhow::Result;
use clap::Args;

use crate::{console::Console, settings::Settings};

const EXAMPLES: &str = "\
Examples:
  SEGUE_DATABASE=mysql://segue:PASSWORD@host/segue segue migrate

Every command that needs the database does the same when it opens it. This one is for a deployment that
wants to know before anything else starts that the address and the rights are right.";

/// Arguments of `migrate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MigrateArgs {}

pub(crate) async fn run(_: MigrateArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    settings.open_store().await?;
    console.notice(format_args!("the schema of {} is up to date", settings.database.url()?));
    Ok(())
}
