//! Glue's partitions.

use athena::{
    ApiError, Exception,
    constraints::required,
    glue::{Partition, PartitionInput, PartitionRequest},
};
use catalog::{PartitionEntry, TableEntry};
use serde_json::{Value as Json, json};

use super::{
    encoded, of_catalog,
    pages::{page, with_token},
    sts::ACCOUNT,
};
use crate::{Service, queries::seconds};

async fn table_of(service: &Service, request: &PartitionRequest) -> Result<TableEntry, ApiError> {
    let database = required(request.database_name.clone(), "databaseName")?;
    let name = required(request.table_name.clone(), "tableName")?;
    service.catalog().table(&database, &name).await.map_err(|error| of_catalog(&error))
}

fn partition(table: &TableEntry, entry: PartitionEntry) -> Partition {
    Partition {
        input: entry.input,
        database_name: table.database.clone(),
        table_name: table.input.name.clone(),
        creation_time: seconds(entry.created_at_us),
        catalog_id: ACCOUNT.to_owned(),
    }
}

fn not_found() -> ApiError {
    ApiError::new(Exception::EntityNotFound, "Partition not found.")
}

fn detail(values: &[String], error: &ApiError) -> Json {
    let detail = json!({"ErrorCode": error.exception.name(), "ErrorMessage": error.message});
    json!({"PartitionValues": values, "ErrorDetail": detail})
}

pub(super) async fn get(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let values = required(request.partition_values, "partitionValues")?;
    let found = service.catalog().partition(&table, &values).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({"Partition": encoded(&partition(&table, found.ok_or_else(not_found)?))?}))
}

pub(super) async fn list(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let all = service.catalog().partitions(&table).await.map_err(|error| of_catalog(&error))?;
    let mut all: Vec<Partition> = all.into_iter().map(|entry| partition(&table, entry)).collect();
    if let Some(expression) = request.expression.as_deref().filter(|expression| !expression.trim().is_empty()) {
        let wanted = equalities(expression).ok_or_else(|| {
            let message = format!("The expression {expression} is not available; use key = 'value' and AND");
            ApiError::new(Exception::InvalidInput, message)
        })?;
        for (key, value) in wanted {
            let at = table.input.partition_keys.iter().position(|known| known.name == key);
            let at = at.ok_or_else(|| ApiError::new(Exception::InvalidInput, format!("{key} is no partition key")))?;
            all.retain(|partition| partition.input.values.get(at) == Some(&value));
        }
    }
    let (partitions, token) = page(all, request.next_token.as_deref(), request.max_results, 1000)?;
    Ok(with_token(json!({"Partitions": encoded(&partitions)?}), token))
}

/// `key = 'value' AND key = 1`; [`None`] for any other expression.
fn equalities(expression: &str) -> Option<Vec<(String, String)>> {
    let mut wanted = Vec::new();
    let lower = expression.to_lowercase();
    let (mut from, mut parts) = (0, Vec::new());
    for (at, _) in lower.match_indices(" and ") {
        parts.push(&expression[from..at]);
        from = at + " and ".len();
    }
    parts.push(&expression[from..]);
    for part in parts {
        let (key, value) = part.split_once('=')?;
        let key = key.trim();
        let value = value.trim();
        let plain = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value);
        let fits = !key.is_empty()
            && key.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !plain.contains(['\'', '=', '<', '>', '(']);
        fits.then_some(())?;
        wanted.push((key.to_lowercase(), plain.to_owned()));
    }
    Some(wanted)
}

pub(super) async fn batch_get(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for wanted in required(request.partitions_to_get, "partitionsToGet")? {
        match service.catalog().partition(&table, &wanted.values).await.map_err(|error| of_catalog(&error))? {
            Some(entry) => found.push(encoded(&partition(&table, entry))?),
            None => missing.push(encoded(&wanted)?),
        }
    }
    Ok(json!({"Partitions": found, "UnprocessedKeys": missing}))
}

async fn make(service: &Service, table: &TableEntry, input: &PartitionInput) -> Result<(), ApiError> {
    let created = service.catalog().create_partition(table, input).await.map_err(|error| of_catalog(&error))?;
    if created { Ok(()) } else { Err(ApiError::new(Exception::AlreadyExists, "Partition already exists.")) }
}

pub(super) async fn create(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    make(service, &table, &required(request.partition_input, "partitionInput")?).await?;
    Ok(json!({}))
}

pub(super) async fn batch_create(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let mut errors = Vec::new();
    for input in required(request.partition_input_list, "partitionInputList")? {
        if let Err(error) = make(service, &table, &input).await {
            errors.push(detail(&input.values, &error));
        }
    }
    Ok(json!({"Errors": errors}))
}

pub(super) async fn update(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let input = required(request.partition_input, "partitionInput")?;
    let values = required(request.partition_value_list, "partitionValueList")?;
    if values != input.values {
        return Err(ApiError::new(Exception::InvalidInput, "The values of a partition cannot be changed"));
    }
    let updated = service.catalog().update_partition(&table, &input).await.map_err(|error| of_catalog(&error))?;
    if updated { Ok(json!({})) } else { Err(not_found()) }
}

pub(super) async fn delete(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let values = required(request.partition_values, "partitionValues")?;
    let dropped = service.catalog().drop_partition(&table, &values).await.map_err(|error| of_catalog(&error))?;
    if dropped { Ok(json!({})) } else { Err(not_found()) }
}

pub(super) async fn batch_delete(service: &Service, request: PartitionRequest) -> Result<Json, ApiError> {
    let table = table_of(service, &request).await?;
    let mut errors = Vec::new();
    for wanted in required(request.partitions_to_delete, "partitionsToDelete")? {
        let dropped = service.catalog().drop_partition(&table, &wanted.values).await;
        let outcome =
            dropped.map_err(|error| of_catalog(&error)).and_then(|found| found.then_some(()).ok_or_else(not_found));
        if let Err(error) = outcome {
            errors.push(detail(&wanted.values, &error));
        }
    }
    Ok(json!({"Errors": errors}))
}
