//! `segue tables`.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::{console::Console, settings::Settings, table::table, units};

const EXAMPLES: &str = "\
The location is a folder of Parquet files that holds the current version, and nothing else, for any reader:
  duckdb -c \"SELECT count(*) FROM 'LOCATION*.parquet'\"
  spark.read.parquet(\"LOCATION\")
It was complete before the version was committed and does not change until `segue vacuum` removes the version, so ask for
it each time. A table to which rows were added, or whose partitions were replaced, has several such folders; --json has
all of them, and with --files the files.";

/// Arguments of `tables`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TablesArgs {
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
    /// List the files of each table in the JSON document
    #[arg(long, requires = "json")]
    files: bool,
}

/// A table of the lake.
#[derive(Debug, Serialize)]
struct ListedTable {
    table: String,
    version: u64,
    rows: u64,
    bytes: u64,
    files: usize,
    committed_at_ms: u64,
    /// The folder, if there is just one.
    location: Option<String>,
    /// All folders; listing them yields this version.
    locations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<String>>,
}

pub(crate) async fn run(args: TablesArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let lake = settings.open_lake().await?;
    let mut tables = Vec::new();
    for name in lake.tables().await? {
        let snapshot = lake.table(&name)?.snapshot().await?;
        let locations: Vec<String> = snapshot.data_urls().iter().map(location).collect();
        tables.push(ListedTable {
            table: name,
            version: snapshot.version(),
            rows: snapshot.rows(),
            bytes: snapshot.bytes(),
            files: snapshot.manifest().files.len(),
            committed_at_ms: snapshot.manifest().committed_at_ms,
            location: locations.first().filter(|_| locations.len() == 1).cloned(),
            locations,
            paths: args.files.then(|| paths(&snapshot)),
        });
    }
    if args.json {
        return console.json(&tables);
    }
    if tables.is_empty() {
        console.notice(format_args!("the lake at {} has no tables yet; `segue run` writes them", lake.url()));
    }
    let mut shown = table(&["table", "version", "rows", "size", "files", "committed (UTC)", "location"], &[1, 2, 3, 4]);
    for row in &tables {
        shown.add_row([
            row.table.clone(),
            row.version.to_string(),
            units::count(row.rows),
            units::bytes(row.bytes),
            row.files.to_string(),
            units::time(i64::try_from(row.committed_at_ms).ok().and_then(|time| time.checked_mul(1000))),
            shown_location(row),
        ]);
    }
    Ok(console.table(&shown)?)
}

fn shown_location(table: &ListedTable) -> String {
    match &table.location {
        Some(location) => location.clone(),
        None => format!("{} folders, see --json", table.locations.len()),
    }
}

fn paths(snapshot: &lake::Snapshot) -> Vec<String> {
    let root = snapshot.table().url();
    snapshot.manifest().files.iter().map(|file| format!("{}{}", location(&root), file.path)).collect()
}

/// A plain path if it is on this disk, as most readers want it.
fn location(url: &url::Url) -> String {
    match url.to_file_path() {
        Ok(path) => format!("{}/", path.display().to_string().trim_end_matches('/')),
        _ => url.to_string(),
    }
}
