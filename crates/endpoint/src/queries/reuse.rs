//! Result reuse: a query that was answered a short while ago is answered with that result.
//!
//! Source: "Reuse query results in Athena", Amazon Athena User Guide. Beyond Athena, which looks at the age only, tables
//! must be in the versions that were read, as far as versions tell: those of the lake change with every write, those of
//! others when their definition does.

use std::collections::BTreeMap;

use athena::{
    ApiError,
    wire::{QueryExecution, QueryExecutionStatistics, ResultReuseInformation},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::QueryRecord;

use super::{
    ResultObject,
    history::{internal, now_us, seconds, to_execution},
};
use crate::Service;

/// Key of a query's record under which its sources are; clients do not see it.
const SOURCES: &str = "SegueSources";
const MAX_AGE_MINUTES: i64 = 10_080;
const DEFAULT_AGE_MINUTES: i64 = 60;
/// Queries of the workgroup that are looked at, the newest first.
const LOOK_BACK: u32 = 1000;
const PAGE: u32 = 100;

/// What a repeatable query read: versions by table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sources(pub(crate) BTreeMap<String, u64>);

/// Notes what a query read in its record.
pub(super) fn note(record: &mut Json, sources: Option<&Sources>) {
    if let (Some(object), Some(Ok(sources))) = (record.as_object_mut(), sources.map(serde_json::to_value)) {
        object.insert(SOURCES.to_owned(), sources);
    }
}

/// The age that a client accepts, in minutes, if it accepts a result of before.
///
/// # Errors
/// `INVALID_INPUT` if it is out of range.
pub(super) fn accepted_age(execution: &QueryExecution) -> Result<Option<i64>, ApiError> {
    let asked = execution.result_reuse_configuration.as_ref();
    let Some(asked) = asked.and_then(|reuse| reuse.result_reuse_by_age_configuration.as_ref()) else { return Ok(None) };
    let minutes = asked.max_age_in_minutes.unwrap_or(DEFAULT_AGE_MINUTES);
    if !(0..=MAX_AGE_MINUTES).contains(&minutes) {
        let message = format!("maxAgeInMinutes is {minutes}; it is from 0 to {MAX_AGE_MINUTES}");
        return Err(ApiError::invalid_input(message));
    }
    Ok(asked.enabled.then_some(minutes))
}

/// Finds a result that may stand for a new query's.
///
/// # Errors
/// If the store fails.
pub(super) async fn find(
    service: &Service,
    asked: &QueryExecution,
    age_minutes: i64,
) -> Result<Option<QueryExecution>, ApiError> {
    let oldest = now_us().saturating_sub(age_minutes * 60_000_000);
    let mut after: Option<(i64, String)> = None;
    for _ in 0..LOOK_BACK / PAGE {
        let from = after.as_ref().map(|(time, id)| (*time, id.as_str()));
        let page = service.store().newest_queries(&asked.work_group, from, PAGE).await;
        let page = page.map_err(|error| internal(&error))?;
        let Some(last) = page.last() else { return Ok(None) };
        let is_over = last.submitted_at_us < oldest || page.len() < PAGE as usize;
        after = Some((last.submitted_at_us, last.query_execution_id.clone()));
        for record in page {
            if let Some(found) = usable(service, record, asked, oldest).await? {
                return Ok(Some(found));
            }
        }
        if is_over {
            return Ok(None);
        }
    }
    Ok(None)
}

async fn usable(
    service: &Service,
    record: QueryRecord,
    asked: &QueryExecution,
    oldest: i64,
) -> Result<Option<QueryExecution>, ApiError> {
    let is_recent = record.finished_at_us.is_some_and(|ended| ended >= oldest);
    if record.state != "SUCCEEDED" || !is_recent {
        return Ok(None);
    }
    let sources = record.record.get(SOURCES).cloned();
    let Some(sources) = sources.and_then(|sources| serde_json::from_value::<Sources>(sources).ok()) else {
        return Ok(None);
    };
    let Ok(found) = to_execution(record) else { return Ok(None) };
    let same = found.query == asked.query
        && found.query_execution_context == asked.query_execution_context
        && found.execution_parameters == asked.execution_parameters
        && folder(&found) == folder(asked);
    if same && are_current(service, &sources).await? && has_files(service, &found).await {
        return Ok(Some(found));
    }
    Ok(None)
}

/// The folder of a query's result.
pub(super) fn folder(execution: &QueryExecution) -> &str {
    let location = execution.result_configuration.output_location.as_deref().unwrap_or_default();
    location.rsplit_once('/').map_or("", |(folder, _)| folder)
}

async fn are_current(service: &Service, sources: &Sources) -> Result<bool, ApiError> {
    for (name, version) in &sources.0 {
        let Some((database, table)) = name.split_once('/') else { return Ok(false) };
        match service.catalog().table(database, table).await {
            Ok(table) if table.version == *version => {}
            Ok(_) | Err(catalog::Error::NoSuchTable { .. }) => return Ok(false),
            Err(error) => return Err(internal(&error)),
        }
    }
    Ok(true)
}

/// Whether the result is where it was written.
async fn has_files(service: &Service, execution: &QueryExecution) -> bool {
    let output = execution.result_configuration.output_location.clone().unwrap_or_default();
    for file in [format!("{output}.metadata"), output] {
        let there = match ResultObject::open(&service.places.stores, &file) {
            Ok(object) => object.is_there().await,
            Err(_) => false,
        };
        if !there {
            return false;
        }
    }
    true
}

/// The end of a query that is answered with another one's result.
pub(super) fn answered(mut execution: QueryExecution, with: &QueryExecution) -> (QueryExecution, i64) {
    let now = now_us();
    execution.result_configuration.output_location.clone_from(&with.result_configuration.output_location);
    execution.status.state = "SUCCEEDED".to_owned();
    execution.status.completion_date_time = Some(seconds(now));
    execution.statistics = QueryExecutionStatistics {
        engine_execution_time_in_millis: Some(0),
        data_scanned_in_bytes: Some(0),
        total_execution_time_in_millis: Some(1),
        query_queue_time_in_millis: Some(1),
        query_planning_time_in_millis: Some(0),
        service_pre_processing_time_in_millis: Some(1),
        service_processing_time_in_millis: Some(1),
        result_reuse_information: Some(ResultReuseInformation { reused_previous_result: true }),
        ..QueryExecutionStatistics::default()
    };
    (execution, now)
}
