//! What is known of a query.

use serde_json::Value as Json;

use crate::backend::Row;

/// What is said of a query when it is started.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryStart {
    /// Its id, a UUID.
    pub query_execution_id: String,
    /// The workgroup that it runs in.
    pub work_group: String,
    /// What the client calls the request, so that a repeated one is known again.
    pub client_request_token: Option<String>,
    /// Its first state.
    pub state: String,
    /// The process that runs it.
    pub owner: String,
    /// When it was submitted.
    pub submitted_at_us: i64,
    /// All that is said of it.
    pub record: Json,
}

/// What became of starting a query.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryStarted {
    /// It was recorded.
    New,
    /// The client's token was used before, by this query.
    Known(Box<QueryRecord>),
}

/// A query as it is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryRecord {
    /// Its id.
    pub query_execution_id: String,
    /// The workgroup that it runs in.
    pub work_group: String,
    /// How it stands.
    pub state: String,
    /// The process that runs it or ran it.
    pub owner: String,
    /// When it was submitted.
    pub submitted_at_us: i64,
    /// When it ended.
    pub finished_at_us: Option<i64>,
    /// All that is said of it.
    pub record: Json,
}

impl QueryRecord {
    pub(super) fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            query_execution_id: row.text("query_execution_id")?,
            work_group: row.text("work_group")?,
            state: row.text("state")?,
            owner: row.text("owner")?,
            submitted_at_us: row.int("submitted_at_us")?,
            finished_at_us: row.optional_int("finished_at_us")?,
            record: row.parsed("record_json", str::parse::<Json>)?,
        })
    }
}
