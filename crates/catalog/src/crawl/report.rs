//! What the crawler found.

use athena::glue::Column;
use serde::Serialize;
use url::Url;

use super::{CrawlOptions, detect::Detected, layout::FoundTable};
use crate::TableEntry;

/// What the crawler found below a place, and did about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawlReport {
    /// The place.
    pub place: String,
    /// Database of the tables.
    pub database: String,
    /// Whether it looked only.
    pub dry_run: bool,
    /// The tables, by location.
    pub tables: Vec<CrawledTable>,
    /// Files and folders that belong to no table.
    pub problems: Vec<CrawlProblem>,
}

/// A file or folder that belongs to no table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrawlProblem {
    /// Where it is.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableChange {
    /// The catalog did not have it.
    New,
    /// The catalog had it like this.
    Unchanged,
    /// Its columns or its format are others than the catalog had.
    Changed,
    /// Its files are no longer as the catalog has them in a way that needs a person; the catalog is as it was.
    Conflict,
}

/// A column that is not as the catalog had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "drift", rename_all = "snake_case")]
pub enum ColumnChange {
    /// Files have it, the catalog had not.
    Added {
        /// Its name.
        column: String,
        /// Its type.
        kind: String,
    },
    /// The catalog has it, the files that were looked at have not. It stays.
    Missing {
        /// Its name.
        column: String,
    },
    /// It has another type.
    Retyped {
        /// Its name.
        column: String,
        /// Its type in the catalog.
        from: String,
        /// Its type in the files.
        found: String,
        /// Its type from now on, which can hold both.
        to: String,
    },
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawledTable {
    /// Its name.
    pub table: String,
    /// Its folder.
    pub location: String,
    /// What its files are.
    pub format: String,
    /// What became of it.
    pub change: TableChange,
    /// What a person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<String>,
    /// Its columns from now on.
    #[serde(serialize_with = "pairs")]
    pub columns: Vec<Column>,
    /// How they differ from those that the catalog had.
    pub drift: Vec<ColumnChange>,
    /// Names of its partition keys.
    pub partition_keys: Vec<String>,
    /// Partitions that have files.
    pub partitions: usize,
    /// Partitions that the catalog did not have.
    pub new_partitions: Vec<String>,
    /// Partitions of the catalog that have no files any more. They stay.
    pub gone_partitions: Vec<String>,
    /// Its files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// Files whose heads were read.
    pub sampled_files: usize,
}

fn pairs<S: serde::Serializer>(columns: &[Column], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(columns.iter().map(|column| serde_json::json!({"name": column.name, "type": column.kind})))
}

impl CrawlReport {
    pub(super) fn new(place: &Url, options: &CrawlOptions) -> Self {
        Self {
            place: place.to_string(),
            database: options.database.clone(),
            dry_run: options.dry_run,
            tables: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl CrawledTable {
    pub(super) fn new(found: &FoundTable, detected: &Detected) -> Self {
        Self {
            table: found.name.clone(),
            location: found.location.clone(),
            format: detected.format.name().to_owned(),
            change: TableChange::New,
            conflict: None,
            columns: detected.columns.clone(),
            drift: Vec::new(),
            partition_keys: found.keys.clone(),
            partitions: found.partitions.len(),
            new_partitions: Vec::new(),
            gone_partitions: Vec::new(),
            files: found.files.len(),
            bytes: found.files.iter().map(|file| file.size).sum(),
            sampled_files: detected.sampled_files,
        }
    }

    /// Another table has the name.
    pub(super) fn name_taken(found: &FoundTable, other: &TableEntry) -> Self {
        let elsewhere = other.location().unwrap_or("no place of its own");
        Self {
            table: found.name.clone(),
            location: found.location.clone(),
            format: String::new(),
            change: TableChange::Conflict,
            conflict: Some(format!("another table has this name, at {elsewhere}: use a prefix or another database")),
            columns: Vec::new(),
            drift: Vec::new(),
            partition_keys: found.keys.clone(),
            partitions: found.partitions.len(),
            new_partitions: Vec::new(),
            gone_partitions: Vec::new(),
            files: found.files.len(),
            bytes: found.files.iter().map(|file| file.size).sum(),
            sampled_files: 0,
        }
    }
}
