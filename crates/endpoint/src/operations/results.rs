//! `GetQueryResults`: pages of the result file, read from where the page before ended.

use athena::{
    ApiError,
    constraints::{MAX_RESULTS, Violations},
    files::{CsvRows, decode_metadata},
    wire::{Datum, GetQueryResultsRequest, GetQueryResultsResponse, QueryExecution, ResultSet, ResultSetMetadata, Row},
};
use serde_json::Value as Json;

use super::{encoded, internal};
use crate::{Service, error::QueryError, queries, queries::ResultObject};

/// Bytes that one look at the file reads.
const PIECE_BYTES: u64 = 256 * 1024;
/// Bytes of a page after which it ends, whatever was asked for.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

pub(super) async fn get(service: &Service, request: GetQueryResultsRequest) -> Result<Json, ApiError> {
    let mut violations = Violations::default();
    violations.required(request.query_execution_id.as_ref(), "queryExecutionId");
    violations.length(request.next_token.as_deref(), "nextToken", 1, 1024);
    violations.least(request.max_results, "maxResults", 1);
    violations.check()?;
    let id = request.query_execution_id.unwrap_or_default();
    let execution = queries::find(service, &id).await?;
    let size = athena::constraints::page_size(request.max_results, MAX_RESULTS, MAX_RESULTS)?;
    check_state(&execution)?;
    let offset = request.next_token.as_deref().map(|token| offset_of(&id, token)).transpose()?;
    let response = page(service, &execution, offset, size as usize).await.map_err(|error| internal_error(&error))?;
    encoded(&response)
}

fn internal_error(error: &QueryError) -> ApiError {
    internal(&std::io::Error::other(error.to_string()))
}

fn check_state(execution: &QueryExecution) -> Result<(), ApiError> {
    let code = "INVALID_QUERY_EXECUTION_STATE";
    match execution.status.state.as_str() {
        "SUCCEEDED" => Ok(()),
        "CANCELLED" => Err(ApiError::invalid_request("RESULT_NOT_FOUND", "Could not find results")),
        "FAILED" => {
            Err(ApiError::invalid_request(code, "Query did not finish successfully. Final query state: FAILED"))
        }
        state => Err(ApiError::invalid_request(code, format!("Query has not yet finished. Current state: {state}"))),
    }
}

/// A token names its query, and the byte at which the page starts.
fn offset_of(id: &str, token: &str) -> Result<u64, ApiError> {
    let offset = token.strip_prefix(id).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.parse().ok());
    offset.ok_or_else(|| ApiError::invalid_input(format!("Malformed nextPageToken {token}")))
}

async fn page(
    service: &Service,
    execution: &QueryExecution,
    offset: Option<u64>,
    size: usize,
) -> Result<GetQueryResultsResponse, QueryError> {
    let stores = &service.places.stores;
    let output = execution.result_configuration.output_location.clone().unwrap_or_default();
    let metadata = ResultObject::open(stores, &format!("{output}.metadata"))?.read_all().await?;
    let metadata =
        decode_metadata(&metadata).ok_or_else(|| QueryError::internal("the result's metadata is damaged"))?;
    let substatement = execution.substatement_type.as_deref().unwrap_or_default();
    let is_csv = output.ends_with(".csv");
    let (rows, next_offset) = if is_csv || output.ends_with(".txt") {
        let object = ResultObject::open(stores, &output)?;
        if is_csv {
            csv_page(&object, offset.unwrap_or(0), size).await?
        } else {
            // EXPLAIN has its header among the lines.
            text_page(&object, offset.unwrap_or(0), size).await?
        }
    } else {
        (Vec::new(), None)
    };
    let is_ddl = execution.statement_type.as_deref() == Some("DDL") && substatement != "CREATE_TABLE_AS_SELECT";
    let silent = is_ddl || matches!(substatement, "EXPLAIN" | "DESCRIBE_TABLE");
    Ok(GetQueryResultsResponse {
        result_set: ResultSet { rows, result_set_metadata: Some(ResultSetMetadata { column_info: metadata.columns }) },
        next_token: next_offset.map(|offset| format!("{}.{offset}", execution.query_execution_id)),
        update_count: (!silent).then(|| metadata.update_count.unwrap_or(0)),
    })
}

/// Rows, and where the next page starts if this one is full.
type Page = (Vec<Row>, Option<u64>);

async fn csv_page(object: &ResultObject, offset: u64, size: usize) -> Result<Page, QueryError> {
    let mut reader = CsvRows::starting_at(offset);
    let (mut rows, mut read, mut bytes) = (Vec::new(), offset, 0);
    loop {
        while rows.len() < size && bytes < PAGE_BYTES {
            let Some(row) = reader.next_row() else { break };
            bytes += row.iter().flatten().map(String::len).sum::<usize>();
            rows.push(Row { data: row.into_iter().map(|value| Datum { var_char_value: value }).collect() });
        }
        if rows.len() == size || bytes >= PAGE_BYTES {
            return Ok((rows, Some(reader.offset())));
        }
        let piece = object.read(read, PIECE_BYTES).await?;
        if piece.is_empty() {
            return Ok((rows, None));
        }
        read += piece.len() as u64;
        reader.push(&piece);
    }
}

/// Lines of a `.txt` file, whose last one has no line feed. Such files are small.
async fn text_page(object: &ResultObject, offset: u64, size: usize) -> Result<Page, QueryError> {
    let all = object.read_all().await?;
    let text = String::from_utf8_lossy(&all);
    let from = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    let rest = text.get(from..).unwrap_or_default();
    if rest.is_empty() {
        return Ok((Vec::new(), None));
    }
    let lines: Vec<&str> = rest.split('\n').collect();
    let row = |line: &&str| Row { data: vec![Datum { var_char_value: Some((*line).to_owned()) }] };
    let rows: Vec<Row> = lines.iter().take(size).map(row).collect();
    let taken: usize = lines.iter().take(size).map(|line| line.len() + 1).sum();
    let next = (rows.len() == size).then_some((from + taken) as u64);
    Ok((rows, next))
}
