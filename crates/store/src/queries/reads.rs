//! Finding queries.

use std::time::Duration;

use crate::backend::placeholders;
use crate::clock::{as_us, now_us};
use crate::queries::QueryRecord;
use crate::{Error, Store};

const QUERY: &str = "SELECT * FROM query_executions WHERE query_execution_id = ?";
const BY_TOKEN: &str = "SELECT * FROM query_executions WHERE client_request_token = ?";
const NEWEST: &str = "SELECT * FROM query_executions WHERE work_group = ? \
     AND (submitted_at_us < ? OR (submitted_at_us = ? AND query_execution_id < ?)) \
     ORDER BY submitted_at_us DESC, query_execution_id DESC LIMIT ?";
const SILENT: &str = "SELECT * FROM query_executions WHERE finished_at_us IS NULL AND heartbeat_at_us < ? LIMIT 100";
const ENDED_OF_OWNER: &str = "SELECT query_execution_id FROM query_executions \
     WHERE owner = ? AND finished_at_us >= ? ORDER BY finished_at_us DESC LIMIT 1000";

impl Store {
    /// Reads a query.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn query(&self, query_execution_id: &str) -> Result<Option<QueryRecord>, Error> {
        let values = [query_execution_id.into()];
        self.call("read query", query_execution_id).read_first(QUERY, &values, QueryRecord::from_row).await
    }

    /// Reads the queries of these ids that there are, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn queries(&self, ids: &[String]) -> Result<Vec<QueryRecord>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT * FROM query_executions WHERE query_execution_id IN {}", placeholders(ids.len(), 1));
        let values: Vec<_> = ids.iter().map(|id| id.as_str().into()).collect();
        self.call("read queries", ids.len())
            .read(crate::backend::Sql::Built(sql.into()), &values, QueryRecord::from_row)
            .await
    }

    /// Finds the query that was started with this token.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn query_of_token(&self, token: &str) -> Result<Option<QueryRecord>, Error> {
        self.call("find the query of token", token).read_first(BY_TOKEN, &[token.into()], QueryRecord::from_row).await
    }

    /// Reads the queries of a workgroup from the newest one on, or from the one behind `after`: a submission time and
    /// an id.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn newest_queries(
        &self,
        work_group: &str,
        after: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<QueryRecord>, Error> {
        let (time, id) = after.unwrap_or((i64::MAX, ""));
        let values = [work_group.into(), time.into(), time.into(), id.into(), limit.into()];
        self.call("list the queries of", work_group).read(NEWEST, &values, QueryRecord::from_row).await
    }

    /// Reads queries that have not ended and whose process has given no sign of life for so long; at most 100.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn silent_queries(&self, silent_for: Duration) -> Result<Vec<QueryRecord>, Error> {
        let since = now_us().saturating_sub(as_us(silent_for)).max(0);
        self.call("find silent", "queries").read(SILENT, &[since.into()], QueryRecord::from_row).await
    }

    /// Ids of an owner's queries that ended at this time or later, whoever ended them; at most the newest 1000.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn ended_queries(&self, owner: &str, since_us: i64) -> Result<Vec<String>, Error> {
        let values = [owner.into(), since_us.into()];
        self.call("find ended queries of", owner)
            .read(ENDED_OF_OWNER, &values, |row| row.text("query_execution_id"))
            .await
    }
}
