//! A session of the cluster that has the catalog.

use std::sync::Arc;

use catalog::provider::SessionCatalog;
use datafusion::prelude::SessionContext;

use crate::{
    Service,
    error::{QueryError, QueryResult},
};

/// A session for one query.
pub(crate) struct QuerySession {
    pub(crate) context: SessionContext,
    pub(crate) catalog: SessionCatalog,
    /// Most bytes that the files of a query may have.
    pub(crate) cutoff_bytes: Option<u64>,
}

impl QuerySession {
    /// Partitions into which stages are divided.
    pub(crate) fn partitions(&self) -> usize {
        self.context.state().config().target_partitions()
    }
}

/// Opens a session in which names without a database stand for those of `database`.
pub(crate) async fn open_session(service: &Service, database: &str) -> QueryResult<QuerySession> {
    let places = &service.places;
    let context = cluster::connect(&places.cluster, &places.engine, Arc::clone(&places.stores))
        .await
        .map_err(|error| QueryError::internal(error.to_string()))?;
    let catalog = SessionCatalog::install(
        service.catalog(),
        Arc::clone(&places.stores),
        &context,
        database,
        service.allows_disk(),
    )
    .await?;
    Ok(QuerySession { context, catalog, cutoff_bytes: None })
}
