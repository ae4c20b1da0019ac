//! Arguments of `catalog`, and what becomes of them.

use anyhow::Result;
use catalog::Catalog;
use clap::{Args, Subcommand};

use super::{crawl, tables};
use crate::{console::Console, settings::Settings};

const EXAMPLES: &str = "\
Examples:
  segue catalog tables
  segue catalog crawl s3://bucket/raw/ --into raw --dry-run
  segue catalog crawl s3://results/exports/ --buckets data/s3      buckets of `segue serve` on this disk

The tables of the lake, which a run writes, are in the database `default` by themselves, each in its current version.";

/// Arguments of `catalog`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CatalogArgs {
    #[command(subcommand)]
    command: CatalogCommand,
    /// Print one JSON document instead of a table
    #[arg(long, global = true)]
    json: bool,
}

/// What can be done with the catalog.
#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Find tables and partitions where files are, and register them
    Crawl(crawl::CrawlArgs),
    /// List databases and tables
    Tables(tables::TablesArgs),
}

pub(crate) async fn run(args: CatalogArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let catalog = Catalog::new(settings.open_store().await?, Some(settings.open_lake().await?));
    match args.command {
        CatalogCommand::Crawl(crawl) => crawl::run(crawl, &catalog, args.json, console).await,
        CatalogCommand::Tables(tables) => tables::run(tables, &catalog, args.json, console).await,
    }
}
