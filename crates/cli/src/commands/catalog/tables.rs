//! `segue catalog tables`.

use anyhow::Result;
use catalog::{Catalog, TableEntry};
use clap::Args;
use serde::Serialize;

use crate::{console::Console, table::table};

/// Arguments of `catalog tables`.
#[derive(Debug, Args)]
pub(super) struct TablesArgs {
    /// Database whose tables are listed; without it, those of all
    #[arg(value_name = "DATABASE")]
    of_database: Option<String>,
}

/// A table of the catalog.
#[derive(Debug, Serialize)]
struct ListedTable {
    database: String,
    table: String,
    kind: &'static str,
    columns: usize,
    partition_keys: Vec<String>,
    location: Option<String>,
}

impl From<TableEntry> for ListedTable {
    fn from(entry: TableEntry) -> Self {
        let kind = match &entry {
            entry if entry.in_lake => "lake",
            entry if entry.is_view() => "view",
            _ => "external",
        };
        let location = entry.location().filter(|text| !text.is_empty()).map(str::to_owned);
        let input = entry.input;
        Self {
            database: entry.database,
            table: input.name,
            kind,
            columns: input.storage_descriptor.map_or(0, |storage| storage.columns.len()),
            partition_keys: input.partition_keys.into_iter().map(|key| key.name).collect(),
            location,
        }
    }
}

pub(super) async fn run(args: TablesArgs, catalog: &Catalog, json: bool, console: &mut Console) -> Result<()> {
    let databases = match args.of_database {
        Some(name) => vec![catalog.database(&name).await?.name],
        None => catalog.databases().await?.into_iter().map(|database| database.name).collect(),
    };
    let mut tables: Vec<ListedTable> = Vec::new();
    for database in databases {
        tables.extend(catalog.tables(&database).await?.into_iter().map(ListedTable::from));
    }
    if json {
        return console.json(&tables);
    }
    let mut shown = table(&["table", "kind", "columns", "partition keys", "location"], &[2]);
    for row in &tables {
        shown.add_row([
            format!("{}.{}", row.database, row.table),
            row.kind.to_owned(),
            row.columns.to_string(),
            row.partition_keys.join(", "),
            row.location.clone().unwrap_or_default(),
        ]);
    }
    Ok(console.table(&shown)?)
}
