//! `segue catalog crawl`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use catalog::{
    Catalog,
    crawl::{ColumnChange, CrawlOptions, CrawlReport, CrawledTable, TableChange, crawl},
};
use clap::Args;
use lake::ObjectStores;
use object_store::local::LocalFileSystem;

use crate::{console::Console, table::table, units};

/// Arguments of `catalog crawl`.
#[derive(Debug, Args)]
pub(super) struct CrawlArgs {
    /// Folder below which tables are: a path, file:///path or s3://bucket/prefix
    #[arg(value_name = "PLACE")]
    place: String,
    /// Database of the tables; made if it is not there
    #[arg(long, value_name = "DATABASE", default_value = "default")]
    into: String,
    /// What names of tables begin with
    #[arg(long, value_name = "TEXT", default_value = "")]
    prefix: String,
    /// Report what is found and how it differs from the catalog, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Folder whose folders are the buckets of s3:// addresses, as of `segue serve`; without it they are in S3
    #[arg(long, value_name = "FOLDER")]
    buckets: Option<PathBuf>,
}

pub(super) async fn run(args: CrawlArgs, catalog: &Catalog, json: bool, console: &mut Console) -> Result<()> {
    let stores = ObjectStores::from_env();
    let place = ObjectStores::parse_url(&args.place)?;
    if let Some(buckets) = args.buckets.filter(|_| place.scheme() == "s3") {
        let folder = buckets.join(place.host_str().unwrap_or_default());
        let store = LocalFileSystem::new_with_prefix(&folder)
            .with_context(|| format!("there is no bucket at `{}`", folder.display()))?;
        stores.register(&place, std::sync::Arc::new(store));
    }
    let options =
        CrawlOptions { database: args.into.to_lowercase(), prefix: args.prefix.to_lowercase(), dry_run: args.dry_run };
    let report = crawl(catalog, &stores, &place, &options).await?;
    if json {
        return console.json(&report);
    }
    show(&report, console)
}

fn show(report: &CrawlReport, console: &mut Console) -> Result<()> {
    let mut shown = table(&["table", "change", "format", "columns", "partitions", "files", "size"], &[3, 4, 5, 6]);
    for found in &report.tables {
        let change = match (found.change, report.dry_run) {
            (TableChange::New, false) => "registered",
            (TableChange::New, true) => "new",
            (TableChange::Unchanged, _) => "as before",
            (TableChange::Changed, false) => "updated",
            (TableChange::Changed, true) => "would be updated",
            (TableChange::Conflict, _) => "conflict",
        };
        shown.add_row([
            format!("{}.{}", report.database, found.table),
            change.to_owned(),
            found.format.clone(),
            found.columns.len().to_string(),
            partitions(found),
            found.files.to_string(),
            units::bytes(found.bytes),
        ]);
    }
    console.table(&shown)?;
    for found in &report.tables {
        for change in &found.drift {
            console.notice(format_args!("{}: {}", found.table, told(change)));
        }
        if !found.gone_partitions.is_empty() {
            let (count, first) = (found.gone_partitions.len(), &found.gone_partitions[0]);
            console.notice(format_args!("{}: {count} partitions have no files any more, such as {first}", found.table));
        }
        if let Some(conflict) = &found.conflict {
            console.notice(format_args!("{}: {conflict}", found.table));
        }
    }
    for problem in &report.problems {
        console.notice(format_args!("left out: {}: {}", problem.path, problem.problem));
    }
    Ok(())
}

fn partitions(found: &CrawledTable) -> String {
    match found.new_partitions.len() {
        _ if found.partition_keys.is_empty() => String::new(),
        0 => found.partitions.to_string(),
        new => format!("{} ({new} new)", found.partitions),
    }
}

fn told(change: &ColumnChange) -> String {
    match change {
        ColumnChange::Added { column, kind } => format!("column `{column}` of type {kind} is new"),
        ColumnChange::Missing { column } => format!("column `{column}` is in none of the files that were looked at"),
        ColumnChange::Retyped { column, from, found, to } => {
            format!("column `{column}` was {from}, files have {found}; it is {to} from now on")
        }
    }
}
