//! `StartQueryExecution`: what is checked before a query is accepted, in Athena's order.

use std::sync::Arc;

use athena::{
    ApiError, Exception,
    constraints::{MAX_QUERY_BYTES, Violations},
    signature::Permission,
    wire::{
        EngineVersion, QueryExecution, QueryExecutionContext, QueryExecutionStatistics, QueryExecutionStatus,
        ResultConfiguration, StartQueryExecutionRequest, WorkGroup,
    },
};
use store::{QueryRecord, QueryStart, QueryStarted};
use uuid::Uuid;

use super::{
    ResultLocation,
    history::{internal, now_us, seconds, to_execution},
    life, reuse,
};
use crate::{
    Service,
    operations::work_group_of,
    sql,
    statement::{Statement, kind_of},
};

/// Accepts a query and returns its id.
///
/// # Errors
/// What Athena answers; see the module.
pub(crate) async fn accept(
    service: &Arc<Service>,
    request: StartQueryExecutionRequest,
    permission: Permission,
) -> Result<String, ApiError> {
    let token = request.client_request_token.clone().filter(|token| !token.is_empty());
    let mut violations = Violations::default();
    violations.required(request.query_string.as_ref(), "queryString");
    violations.length(request.query_string.as_deref(), "queryString", 1, MAX_QUERY_BYTES);
    violations.length(token.as_deref(), "clientRequestToken", 32, 128);
    violations.check()?;
    let sql = request.query_string.clone().unwrap_or_default();
    let token = token.ok_or_else(|| ApiError::invalid_input("clientRequestToken is null or empty"))?;
    let work_group = work_group_of(service, request.work_group.as_deref().unwrap_or("primary")).await?;
    if work_group.state != "ENABLED" {
        return Err(ApiError::invalid_input(format!("WorkGroup {} is disabled.", work_group.name)));
    }
    let location = location_of(service, &request, &work_group)?;
    let statement = parsed(&sql)?;
    if statement.changes() && permission < Permission::Write {
        let message = "The key may query and not change: this statement needs a key with permission write";
        return Err(ApiError::new(Exception::AccessDenied, message));
    }
    let ticket = service.queue.enter(&work_group.name);
    let ticket = ticket
        .ok_or_else(|| ApiError::new(Exception::TooManyRequests, "Too many queries are waiting: try again later"))?;
    let cutoff = work_group.configuration.bytes_scanned_cutoff_per_query;
    let cutoff_bytes = cutoff.and_then(|bytes| u64::try_from(bytes).ok());
    let id = Uuid::new_v4().to_string();
    let submitted_at_us = now_us();
    let execution = execution(&id, sql, &statement, request, &work_group, &location, submitted_at_us);
    let reusable = reusable(service, &statement, &execution).await?;
    let record = serde_json::to_value(&execution).map_err(|error| internal(&error))?;
    let start = QueryStart {
        query_execution_id: id.clone(),
        work_group: work_group.name,
        client_request_token: Some(token),
        state: "QUEUED".to_owned(),
        owner: service.owner.clone(),
        submitted_at_us,
        record,
    };
    match service.store().start_query(&start).await {
        Ok(QueryStarted::New) => {
            match reusable {
                Some(found) => life::reuse(service, execution, &found).await?,
                None => life::spawn(service, execution, statement, location, cutoff_bytes, ticket),
            }
            Ok(id)
        }
        Ok(QueryStarted::Known(known)) => same_request(*known, &execution),
        Err(error) => Err(internal(&error)),
    }
}

/// A result of before that the client accepts for its query.
async fn reusable(
    service: &Service,
    statement: &Statement,
    execution: &QueryExecution,
) -> Result<Option<QueryExecution>, ApiError> {
    match (reuse::accepted_age(execution)?, statement) {
        (Some(age), Statement::Query { .. }) => reuse::find(service, execution, age).await,
        _ => Ok(None),
    }
}

fn parsed(text: &str) -> Result<Statement, ApiError> {
    sql::statement_of(text).map_err(|error| {
        let message = match error.at {
            Some((line, column)) => format!("line {line}:{column}: {}", error.message),
            None => error.message,
        };
        ApiError::invalid_request("MALFORMED_QUERY", message)
    })
}

/// The workgroup's place if it insists, else the client's, else the workgroup's, else the endpoint's.
fn location_of(
    service: &Service,
    request: &StartQueryExecutionRequest,
    work_group: &WorkGroup,
) -> Result<ResultLocation, ApiError> {
    let asked = request.result_configuration.as_ref().and_then(|result| result.output_location.as_deref());
    let own = work_group.configuration.result_configuration.output_location.as_deref();
    let chosen = if work_group.configuration.enforce_work_group_configuration { own.or(asked) } else { asked.or(own) };
    let chosen = chosen.filter(|text| !text.is_empty()).or(service.options.output_location.as_deref());
    let missing = "No output location provided. An output location is required either through the Workgroup result \
                   configuration setting or as an API input.";
    let chosen = chosen.ok_or_else(|| ApiError::invalid_input(missing))?;
    if asked == Some(chosen) && !chosen.starts_with("s3://") {
        return Err(ApiError::invalid_input("outputLocation is not a valid S3 path."));
    }
    ResultLocation::parse(chosen)
}

fn execution(
    id: &str,
    query: String,
    statement: &Statement,
    request: StartQueryExecutionRequest,
    work_group: &WorkGroup,
    location: &ResultLocation,
    submitted_at_us: i64,
) -> QueryExecution {
    let kind = kind_of(statement);
    let context = request.query_execution_context.unwrap_or_default();
    let file = match statement {
        Statement::Insert { .. } | Statement::Unload { .. } => id.to_owned(),
        Statement::CreateTableAs { .. } => format!("tables/{id}"),
        other if other.is_query() => format!("{id}.csv"),
        _ => format!("{id}.txt"),
    };
    QueryExecution {
        query_execution_id: id.to_owned(),
        query,
        statement_type: Some(kind.statement.to_owned()),
        substatement_type: Some(kind.substatement.to_owned()),
        result_configuration: ResultConfiguration {
            output_location: Some(location.file(&file)),
            ..request.result_configuration.unwrap_or_default()
        },
        result_reuse_configuration: request.result_reuse_configuration,
        query_execution_context: QueryExecutionContext {
            catalog: context.catalog.map(|catalog| catalog.to_lowercase()),
            database: context.database,
        },
        status: QueryExecutionStatus {
            state: "QUEUED".to_owned(),
            submission_date_time: seconds(submitted_at_us),
            ..QueryExecutionStatus::default()
        },
        statistics: QueryExecutionStatistics::default(),
        work_group: work_group.name.clone(),
        engine_version: EngineVersion::default(),
        execution_parameters: request.execution_parameters,
    }
}

/// The same token stands for the same query, in any state, if the requests agree.
fn same_request(known: QueryRecord, asked: &QueryExecution) -> Result<String, ApiError> {
    let known = to_execution(known)?;
    let same = known.query == asked.query
        && known.query_execution_context == asked.query_execution_context
        && result_folder(&known) == result_folder(asked);
    if same {
        return Ok(known.query_execution_id);
    }
    Err(ApiError::invalid_request("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match"))
}

/// Where a query was asked to put its result, with a slash at its end. A result of before has another query's name.
fn result_folder(execution: &QueryExecution) -> &str {
    let location = execution.result_configuration.output_location.as_deref().unwrap_or_default();
    match location.find(&execution.query_execution_id).or_else(|| location.rfind('/').map(|at| at + 1)) {
        Some(end) => &location[..end],
        None => location,
    }
}
