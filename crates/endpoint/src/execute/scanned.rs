//! How many bytes a query read.

use cluster::JobHandle;
use tracing::warn;

use super::Task;
use crate::sql::QuerySession;

/// What the executors read of the query's files, where all of its scans count that; else the size of the files.
pub(super) async fn scanned_bytes(task: &Task, session: &QuerySession, job: &JobHandle) -> u64 {
    let named = session.catalog.bytes();
    if named == 0 {
        return named;
    }
    match job.scanned_bytes(&session.context, task.service.places.cluster.url()).await {
        Ok(read) => read.unwrap_or(named),
        Err(error) => {
            warn!(query_execution_id = %task.id(), error = %error, "cannot tell what the query read");
            named
        }
    }
}
