//! A statement that is being run.

use std::{sync::Arc, time::Instant};

use athena::{
    files::{Metadata, encode_metadata},
    wire::{ColumnInfo, QueryExecution},
};
use catalog::TableEntry;
use tokio::sync::watch;

use super::Caller;
use crate::{
    Service,
    error::{QueryError, QueryResult},
    queries::{ResultLocation, ResultObject, Sources},
    sql::{QuerySession, open_session},
    statement::TableName,
};

/// A statement with all that it needs.
pub(crate) struct Task {
    pub(crate) service: Arc<Service>,
    pub(crate) execution: QueryExecution,
    pub(crate) location: ResultLocation,
    /// Says when to stop.
    pub(crate) stopped: watch::Receiver<bool>,
    /// Who takes the answer, instead of files.
    pub(crate) caller: Option<Caller>,
    /// Most bytes that the files of a query may have.
    pub(crate) cutoff_bytes: Option<u64>,
}

/// What a statement did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) scanned_bytes: u64,
    pub(crate) planning_ms: i64,
    pub(crate) manifest: Option<String>,
    /// What the query read, if it would yield the same rows again as long as that has not changed.
    pub(crate) sources: Option<Sources>,
    /// The kind, where it turned out to be another than the text said.
    pub(crate) substatement: Option<&'static str>,
}

impl Task {
    pub(crate) fn id(&self) -> &str {
        &self.execution.query_execution_id
    }

    /// Whether the statement reads what its tables hold.
    fn reads(&self) -> bool {
        let kind = self.execution.substatement_type.as_deref().unwrap_or_default();
        ["SELECT", "INSERT", "CREATE_TABLE_AS_SELECT", "UNLOAD"].contains(&kind)
    }

    /// The database in which names without one stand.
    pub(crate) fn database(&self) -> &str {
        let database = self.execution.query_execution_context.database.as_deref();
        database.filter(|name| !name.is_empty()).unwrap_or(catalog::LAKE_DATABASE)
    }

    /// The database and the name of a table.
    pub(crate) fn full_name(&self, name: &TableName) -> (String, String) {
        (name.database.clone().unwrap_or_else(|| self.database().to_lowercase()), name.table.clone())
    }

    /// A table of the catalog.
    pub(crate) async fn table(&self, name: &TableName) -> QueryResult<TableEntry> {
        let (database, table) = self.full_name(name);
        let found = self.service.catalog().table(&database, &table).await;
        found.map_err(|error| QueryError::from(error).at_word(&self.execution.query, &name.table))
    }

    pub(crate) async fn session(&self) -> QueryResult<QuerySession> {
        let mut session = open_session(&self.service, self.database()).await?;
        session.cutoff_bytes = self.cutoff_bytes.filter(|_| self.reads());
        if let Some(caller) = &self.caller {
            caller.provide(&session, self.database());
        }
        Ok(session)
    }

    /// Fails if the statement was stopped.
    pub(crate) fn check_running(&self) -> QueryResult<()> {
        if *self.stopped.borrow() {
            return Err(QueryError::new("USER_CANCELED", "Query cancelled by user"));
        }
        Ok(())
    }

    /// A file of the result.
    pub(crate) fn object(&self, url: &str) -> QueryResult<ResultObject> {
        ResultObject::open(&self.service.places.stores, url)
    }

    /// Where the result is said to be.
    pub(crate) fn output(&self) -> &str {
        self.execution.result_configuration.output_location.as_deref().unwrap_or_default()
    }

    /// Writes the file that says what the columns of the result are.
    pub(crate) async fn write_metadata(
        &self,
        columns: Vec<ColumnInfo>,
        update: Option<(&str, i64)>,
    ) -> QueryResult<()> {
        if let Some(caller) = &self.caller {
            caller.wrote(update.map(|(_, count)| count));
            return Ok(());
        }
        let metadata = Metadata {
            query_id: self.id().to_owned(),
            update_type: update.map(|(kind, _)| kind.to_owned()),
            update_count: update.map(|(_, count)| count),
            columns,
        };
        self.object(&format!("{}.metadata", self.output()))?.put(encode_metadata(&metadata)).await
    }
}

/// Milliseconds since a moment.
pub(crate) fn millis(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}
