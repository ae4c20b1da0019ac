//! Starting queries and recording what becomes of them.

use serde_json::Value as Json;

use crate::clock::now_us;
use crate::queries::{QueryStart, QueryStarted};
use crate::{Error, Store};

const INSERT: &str = "INSERT INTO query_executions (query_execution_id, work_group, client_request_token, state, owner, \
     submitted_at_us, heartbeat_at_us, record_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const UPDATE: &str = "UPDATE query_executions SET state = ?, record_json = ?, finished_at_us = ?, heartbeat_at_us = ? \
     WHERE query_execution_id = ? AND finished_at_us IS NULL";
const BEAT: &str = "UPDATE query_executions SET heartbeat_at_us = ? WHERE owner = ? AND finished_at_us IS NULL";
const FORGET: &str = "DELETE FROM query_executions WHERE finished_at_us < ?";

impl Store {
    /// Records a query, unless its client's token was used before.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn start_query(&self, start: &QueryStart) -> Result<QueryStarted, Error> {
        let text = start.record.to_string();
        let values = [
            start.query_execution_id.as_str().into(),
            start.work_group.as_str().into(),
            start.client_request_token.as_deref().into(),
            start.state.as_str().into(),
            start.owner.as_str().into(),
            start.submitted_at_us.into(),
            now_us().into(),
            text.as_str().into(),
        ];
        let inserted = self.call("start query", &start.query_execution_id).execute(INSERT, &values).await;
        let Err(error) = inserted else { return Ok(QueryStarted::New) };
        let Some(token) = start.client_request_token.as_deref().filter(|_| error.is_duplicate()) else {
            return Err(error);
        };
        match self.query_of_token(token).await? {
            // The first attempt may have succeeded although its answer was lost; then the row is this call's own.
            Some(found) if found.query_execution_id == start.query_execution_id => Ok(QueryStarted::New),
            Some(found) => Ok(QueryStarted::Known(Box::new(found))),
            None => Err(error),
        }
    }

    /// Records how a query stands, and that it has ended if `ended_at_us` says so. Returns false if it had ended before:
    /// the first end is the one that stays.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn update_query(
        &self,
        query_execution_id: &str,
        state: &str,
        record: &Json,
        ended_at_us: Option<i64>,
    ) -> Result<bool, Error> {
        let text = record.to_string();
        let ended = ended_at_us.map(|time| u64::try_from(time).unwrap_or_default());
        let values = [state.into(), text.as_str().into(), ended.into(), now_us().into(), query_execution_id.into()];
        if self.call("update query", query_execution_id).execute(UPDATE, &values).await? > 0 {
            return Ok(true);
        }
        let found = self.query(query_execution_id).await?;
        Ok(found.is_some_and(|found| found.state == state && found.finished_at_us == ended_at_us))
    }

    /// Gives a sign of life for all queries of an owner that have not ended.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn beat_queries(&self, owner: &str) -> Result<(), Error> {
        let values = [now_us().into(), owner.into()];
        self.call("give a sign of life for queries of", owner).execute(BEAT, &values).await.map(drop)
    }

    /// Removes what is known of queries that ended before this time.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn forget_queries(&self, ended_before_us: i64) -> Result<u64, Error> {
        self.call("forget old", "queries").execute(FORGET, &[ended_before_us.into()]).await
    }
}
