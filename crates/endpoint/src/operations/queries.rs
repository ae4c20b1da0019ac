//! Queries.

use std::sync::Arc;

use athena::{
    ApiError,
    constraints::{MAX_LISTED, page_size, required},
    signature::Permission,
    wire::{BatchGetQueryExecutionRequest, ListRequest, QueryExecutionIdRequest, StartQueryExecutionRequest},
};
use serde_json::{Value as Json, json};

use super::{encoded, internal, pages::with_token, work_group_of};
use crate::{Service, queries};

pub(super) async fn start(
    service: &Arc<Service>,
    request: StartQueryExecutionRequest,
    permission: Permission,
) -> Result<Json, ApiError> {
    let id = queries::accept(service, request, permission).await?;
    Ok(json!({"QueryExecutionId": id}))
}

pub(super) async fn get(service: &Service, request: QueryExecutionIdRequest) -> Result<Json, ApiError> {
    let id = required(request.query_execution_id, "queryExecutionId")?;
    Ok(json!({"QueryExecution": encoded(&queries::find(service, &id).await?)?}))
}

pub(super) async fn batch_get(service: &Service, request: BatchGetQueryExecutionRequest) -> Result<Json, ApiError> {
    let ids = required(request.query_execution_ids, "queryExecutionIds")?;
    if ids.is_empty() || ids.len() > MAX_LISTED as usize {
        return Err(ApiError::invalid_input(format!("between 1 and {MAX_LISTED} ids are allowed")));
    }
    let mut found = service.store().queries(&ids).await.map_err(|error| internal(&error))?;
    found.sort_by_key(|record| ids.iter().position(|id| *id == record.query_execution_id));
    let known: Vec<String> = found.iter().map(|record| record.query_execution_id.clone()).collect();
    let executions: Vec<Json> =
        found.into_iter().map(|record| encoded(&queries::to_execution(record)?)).collect::<Result<_, _>>()?;
    let unprocessed: Vec<Json> = ids
        .iter()
        .filter(|id| !known.contains(id))
        .map(|id| {
            json!({
                "QueryExecutionId": id,
                "ErrorCode": "QUERY_EXECUTION_NOT_FOUND",
                "ErrorMessage": format!("QueryExecution {id} was not found"),
            })
        })
        .collect();
    Ok(json!({"QueryExecutions": executions, "UnprocessedQueryExecutionIds": unprocessed}))
}

pub(super) async fn list(service: &Service, request: ListRequest) -> Result<Json, ApiError> {
    let size = page_size(request.max_results, MAX_LISTED, MAX_LISTED)?;
    let work_group = work_group_of(service, request.work_group.as_deref().unwrap_or("primary")).await?;
    let malformed = |token: &str| ApiError::invalid_input(format!("Malformed nextPageToken {token}"));
    let after = match request.next_token.as_deref() {
        None => None,
        Some(token) => {
            let (time, id) = token.split_once('.').ok_or_else(|| malformed(token))?;
            Some((time.parse::<i64>().map_err(|_| malformed(token))?, id))
        }
    };
    let found =
        service.store().newest_queries(&work_group.name, after, size).await.map_err(|error| internal(&error))?;
    let full = found.len() == size as usize;
    let token =
        found.last().filter(|_| full).map(|last| format!("{}.{}", last.submitted_at_us, last.query_execution_id));
    let ids: Vec<String> = found.into_iter().map(|record| record.query_execution_id).collect();
    Ok(with_token(json!({"QueryExecutionIds": ids}), token))
}

pub(super) async fn stop(service: &Service, request: QueryExecutionIdRequest) -> Result<Json, ApiError> {
    let id = required(request.query_execution_id, "queryExecutionId")?;
    queries::stop(service, &id).await?;
    Ok(json!({}))
}

pub(super) async fn runtime_statistics(service: &Service, request: QueryExecutionIdRequest) -> Result<Json, ApiError> {
    let id = required(request.query_execution_id, "queryExecutionId")?;
    let statistics = queries::find(service, &id).await?.statistics;
    Ok(json!({"QueryRuntimeStatistics": {
        "Timeline": {
            "QueryQueueTimeInMillis": statistics.query_queue_time_in_millis,
            "QueryPlanningTimeInMillis": statistics.query_planning_time_in_millis,
            "EngineExecutionTimeInMillis": statistics.engine_execution_time_in_millis,
            "ServiceProcessingTimeInMillis": statistics.service_processing_time_in_millis,
            "TotalExecutionTimeInMillis": statistics.total_execution_time_in_millis,
        },
        "Rows": {"InputBytes": statistics.data_scanned_in_bytes},
    }}))
}
