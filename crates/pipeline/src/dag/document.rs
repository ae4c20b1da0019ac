//! The file as it is written.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::error::{DagError, Place};

/// A name and where it stands.
pub(super) type Name = Spanned<String>;

/// All of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) source: Vec<SourceEntry>,
    pub(super) step: Vec<StepEntry>,
}

/// What comes from outside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    pub(super) name: Name,
    freshness_hours: Option<u32>,
}

/// A step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepEntry {
    pub(super) name: Name,
    pub(super) kind: Name,
    /// Of the query, for a step that the program does not know.
    pub(super) file: Option<Name>,
    #[serde(default)]
    pub(super) may_be_empty: bool,
    pub(super) inputs: Vec<Name>,
    pub(super) outputs: Vec<Name>,
    #[serde(default)]
    pub(super) checks: Vec<Name>,
    #[serde(default)]
    pub(super) retries: u32,
    pub(super) timeout_minutes: Spanned<f64>,
    pub(super) freshness_hours: Option<u32>,
}

/// Reads a file, without looking at what its names mean.
pub(super) fn parse(text: &str, name: &str) -> Result<Document, DagError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Place { text, name }.error(offset, error.message().trim())
    })
}

impl Document {
    pub(super) fn slices_freshness(&self) -> Option<Duration> {
        self.source.iter().find_map(|source| source.freshness_hours).map(hours)
    }
}

pub(super) fn hours(hours: u32) -> Duration {
    Duration::from_secs(u64::from(hours) * 3600)
}
