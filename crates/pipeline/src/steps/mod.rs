//! What the steps do.

pub(crate) mod model;
pub(crate) mod publish;
pub(crate) mod query;
mod rejected;
pub(crate) mod trainer;
mod trainer_words;

use serde_json::Value;

use crate::RowFinding;

/// What a step wrote.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) rows: Option<u64>,
    pub(crate) bytes: Option<u64>,
    /// Names what was written.
    pub(crate) version: Option<String>,
    /// Whether it was there before, made from the same.
    pub(crate) unchanged: bool,
    pub(crate) details: Option<Value>,
    /// What is remarkable about its rows.
    pub(crate) unusual: Option<RowFinding>,
}

/// Names a version of a table.
pub(crate) fn named_version(table: &str, version: u64) -> String {
    format!("{table}@{version}")
}
