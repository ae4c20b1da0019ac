//! What is remembered of queries.

use std::time::{SystemTime, UNIX_EPOCH};

use athena::{ApiError, Exception, wire::QueryExecution};
use store::QueryRecord;

use crate::Service;

/// Microseconds since 1970.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Microseconds as AWS writes times: seconds with a fraction of milliseconds.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have 41 bits")]
pub(crate) fn seconds(time_us: i64) -> f64 {
    (time_us / 1000) as f64 / 1000.0
}

/// A query as it is told.
///
/// # Errors
/// [`Exception::InternalServer`] if its record cannot be read.
pub(crate) fn to_execution(record: QueryRecord) -> Result<QueryExecution, ApiError> {
    let id = record.query_execution_id;
    serde_json::from_value(record.record).map_err(|error| {
        ApiError::new(Exception::InternalServer, format!("the record of query {id} cannot be read: {error}"))
    })
}

/// The query of an id.
///
/// # Errors
/// `QUERY_EXECUTION_NOT_FOUND` if there is none.
pub(crate) async fn find(service: &Service, id: &str) -> Result<QueryExecution, ApiError> {
    let found = service.store().query(id).await.map_err(|error| internal(&error))?;
    let found = found.ok_or_else(|| {
        ApiError::invalid_request("QUERY_EXECUTION_NOT_FOUND", format!("QueryExecution {id} was not found"))
    })?;
    to_execution(found)
}

/// The error of a store that fails.
pub(crate) fn internal(error: &(impl std::error::Error + ?Sized)) -> ApiError {
    ApiError::new(Exception::InternalServer, error.to_string())
}
