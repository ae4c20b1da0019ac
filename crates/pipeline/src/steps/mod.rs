//! What the steps do.

pub(crate) mod model;
pub(crate) mod publish;
pub(crate) mod query;
mod rejected;
pub(crate) mod trainer;
mod trainer_words;

use std::collections::BTreeSet;

use serde_json::Value;
use store::Measures;

use crate::{Drift, RowFinding};

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
    /// What its rows are like, in numbers.
    pub(crate) measures: Option<Measures>,
    /// Those of them that are far from what they used to be.
    pub(crate) drifts: Vec<Drift>,
    /// Fields of the slices that it does not have.
    pub(crate) unknown_fields: BTreeSet<String>,
}

/// Names a version of a table.
pub(crate) fn named_version(table: &str, version: u64) -> String {
    format!("{table}@{version}")
}
