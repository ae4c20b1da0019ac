//! From the queue to the end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use athena::{
    ApiError,
    wire::{AthenaError, QueryExecution, QueryExecutionStatistics, ResultReuseInformation},
};
use runtime::traces;
use tokio::sync::watch;
use tracing::{Instrument, Span, field, info, info_span, warn};

use super::{
    ResultLocation, Sources,
    fair_queue::Ticket,
    history::{find, internal, now_us, seconds},
    reuse,
};
use crate::{
    Service,
    error::QueryError,
    execute::{self, Done, Task},
    local_buckets,
    sql::BYTES_EXCEEDED,
    statement::Statement,
};

/// Longest wait for a query to stop that ran for too long.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const CANCELLED: &str = "Query cancelled by user";
const CUT_OFF: &str = "Bytes scanned limit was exceeded";

/// How a query ended.
enum End {
    Done(Done),
    Failed(QueryError),
    Cancelled(&'static str),
}

/// Runs a query in the background.
pub(super) fn spawn(
    service: &Arc<Service>,
    execution: QueryExecution,
    statement: Statement,
    location: ResultLocation,
    cutoff_bytes: Option<u64>,
    ticket: Ticket,
) {
    let (switch, stopped) = watch::channel(false);
    let id = execution.query_execution_id.clone();
    service.open.insert(id.clone(), switch);
    let service = Arc::clone(service);
    tokio::spawn(async move {
        let task = Task { service: Arc::clone(&service), execution, location, stopped, caller: None, cutoff_bytes };
        let span = info_span!(
            "query",
            query_execution_id = task.id(),
            work_group = task.execution.work_group,
            trace_id = field::Empty,
            state = field::Empty,
        );
        if let Some(trace_id) = span.in_scope(traces::current_trace_id) {
            span.record("trace_id", trace_id);
        }
        run(task, statement, ticket).instrument(span).await;
        service.open.remove(&id);
    });
}

async fn run(mut task: Task, statement: Statement, mut ticket: Ticket) {
    let queued = Instant::now();
    let service = Arc::clone(&task.service);
    let mut stopped = task.stopped.clone();
    let slot = tokio::select! {
        slot = ticket.turn() => slot,
        () = is_stopped(&mut stopped) => None,
    };
    let Some(_slot) = slot else {
        return end(&service, task.execution, End::Cancelled(CANCELLED), queued, queued).await;
    };
    let started = Instant::now();
    task.execution.status.state = "RUNNING".to_owned();
    if !record(&service, &task.execution, None, None).await {
        return;
    }
    let kind = task.execution.substatement_type.as_deref();
    info!(query_execution_id = task.id(), kind, work_group = task.execution.work_group, "query started");
    let outcome = match local_buckets::provide(&service, &task.execution) {
        Ok(()) => within_limit(&service, &task, statement).await,
        Err(error) => End::Failed(error),
    };
    end(&service, task.execution, outcome, queued, started).await;
}

/// Ends a query with the result of another one.
///
/// # Errors
/// If the store fails.
pub(super) async fn reuse(service: &Service, execution: QueryExecution, with: &QueryExecution) -> Result<(), ApiError> {
    let (execution, now) = reuse::answered(execution, with);
    let id = &execution.query_execution_id;
    service.metrics.reused(&execution.work_group);
    info!(query_execution_id = %id, of = %with.query_execution_id, "query answered with a result of before");
    let body = serde_json::to_value(&execution).map_err(|error| internal(&error))?;
    service.store().update_query(id, "SUCCEEDED", &body, Some(now)).await.map_err(|error| internal(&error))?;
    Ok(())
}

/// Runs the statement; one that runs for too long is stopped as if its client had asked for it.
async fn within_limit(service: &Service, task: &Task, statement: Statement) -> End {
    let working = execute::execute(task, statement);
    tokio::pin!(working);
    let limit = service.options.query_timeout;
    let Ok(ended) = tokio::time::timeout(limit, &mut working).await else {
        if let Some(switch) = service.open.get(task.id()) {
            // The task listens as long as it works.
            let _ = switch.send(true);
        }
        let _stopped = tokio::time::timeout(STOP_TIMEOUT, working).await;
        let message = format!("Query exceeded the limit of {} s", limit.as_secs());
        return End::Failed(QueryError::new("EXCEEDED_TIME_LIMIT", message));
    };
    match ended {
        _ if *task.stopped.borrow() => End::Cancelled(CANCELLED),
        Ok(done) => End::Done(done),
        // Athena does not call it a failure.
        Err(error) if error.name == BYTES_EXCEEDED => End::Cancelled(CUT_OFF),
        Err(error) => End::Failed(error),
    }
}

/// Waits for the switch.
pub(crate) async fn is_stopped(stopped: &mut watch::Receiver<bool>) {
    // The sender is dropped after the query has ended only.
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn end(service: &Arc<Service>, mut execution: QueryExecution, end: End, queued: Instant, started: Instant) {
    let millis = |since: Instant| i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
    let now = now_us();
    let status = &mut execution.status;
    status.completion_date_time = Some(seconds(now));
    let (mut scanned, mut sources) = (0, None);
    match end {
        End::Done(done) => {
            sources = done.sources;
            status.state = "SUCCEEDED".to_owned();
            scanned = done.scanned_bytes;
            execution.statistics.data_manifest_location = done.manifest;
            execution.statistics.query_planning_time_in_millis = Some(done.planning_ms);
            if let Some(kind) = done.substatement {
                execution.substatement_type = Some(kind.to_owned());
            }
        }
        End::Failed(error) => {
            info!(query_execution_id = %execution.query_execution_id, error = %error, "query failed");
            status.state = "FAILED".to_owned();
            status.state_change_reason = Some(error.to_string());
            status.athena_error = Some(error.athena_error());
        }
        End::Cancelled(reason) => {
            status.state = "CANCELLED".to_owned();
            status.state_change_reason = Some(reason.to_owned());
            let error_message = reason.to_owned();
            status.athena_error =
                Some(AthenaError { error_category: 2, error_type: 1011, retryable: false, error_message });
        }
    }
    Span::current().record("state", execution.status.state.as_str());
    let (ran, waited) = (started.elapsed(), started.duration_since(queued));
    service.metrics.ended(&execution.work_group, &execution.status.state, ran, waited, scanned);
    let queue = i64::try_from(started.duration_since(queued).as_millis()).unwrap_or(i64::MAX);
    execution.statistics = QueryExecutionStatistics {
        engine_execution_time_in_millis: Some(millis(started).max(1)),
        data_scanned_in_bytes: Some(i64::try_from(scanned).unwrap_or(i64::MAX)),
        total_execution_time_in_millis: Some(millis(queued).max(1)),
        // Clients take 0 for "unknown".
        query_queue_time_in_millis: Some(queue.max(1)),
        service_pre_processing_time_in_millis: Some(1),
        service_processing_time_in_millis: Some(1),
        result_reuse_information: Some(ResultReuseInformation { reused_previous_result: false }),
        ..execution.statistics
    };
    record(service, &execution, sources.as_ref(), Some(now)).await;
}

/// Records how a query stands; false if it has ended already, or its record cannot be written.
async fn record(
    service: &Service,
    execution: &QueryExecution,
    sources: Option<&Sources>,
    ended_at_us: Option<i64>,
) -> bool {
    let id = &execution.query_execution_id;
    let Ok(mut body) = serde_json::to_value(execution) else { return false };
    reuse::note(&mut body, sources);
    match service.store().update_query(id, &execution.status.state, &body, ended_at_us).await {
        Ok(recorded) => recorded,
        Err(error) => {
            warn!(query_execution_id = %id, error = %error, "cannot record how the query stands");
            false
        }
    }
}

/// Stops a query, wherever it runs. One that has ended stays as it is.
///
/// # Errors
/// `QUERY_EXECUTION_NOT_FOUND` if there is none of this id.
pub(crate) async fn stop(service: &Service, id: &str) -> Result<(), ApiError> {
    let mut execution = find(service, id).await?;
    if let Some(switch) = service.open.get(id) {
        // Its own process records the end.
        let _ = switch.send(true);
        return Ok(());
    }
    if matches!(execution.status.state.as_str(), "QUEUED" | "RUNNING") {
        let now = now_us();
        execution.status.state = "CANCELLED".to_owned();
        execution.status.state_change_reason = Some(CANCELLED.to_owned());
        execution.status.completion_date_time = Some(seconds(now));
        let body = serde_json::to_value(&execution).map_err(|error| internal(&error))?;
        service.store().update_query(id, "CANCELLED", &body, Some(now)).await.map_err(|error| internal(&error))?;
    }
    Ok(())
}

/// The failure of a query whose process is gone.
pub(super) fn lost(mut execution: QueryExecution) -> (QueryExecution, i64) {
    let now = now_us();
    let error = QueryError::internal("the process that ran the query ended before the query did: start it again");
    execution.status.state = "FAILED".to_owned();
    execution.status.state_change_reason = Some(error.to_string());
    execution.status.completion_date_time = Some(seconds(now));
    execution.status.athena_error = Some(AthenaError { retryable: true, ..error.athena_error() });
    (execution, now)
}
