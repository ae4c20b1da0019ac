//! What the steps do, by kind.

pub(crate) mod model;
pub(crate) mod publish;
pub(crate) mod query;

use serde_json::Value;

/// What a step wrote.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) rows: Option<u64>,
    pub(crate) bytes: Option<u64>,
    /// Names what was written.
    pub(crate) version: Option<String>,
    pub(crate) details: Option<Value>,
}
