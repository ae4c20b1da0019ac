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
    let expression = request.expression.as_deref().filter(|expression| !expression.trim().is_empty());
    let chosen = match expression {
        Some(expression) => service.catalog().partitions_where(&table, expression).await,
        None => service.catalog().partitions(&table).await,
    };
    let all = chosen.map_err(|error| of_catalog(&error))?;
    let segment = request.segment.unwrap_or_default();
    let is_of_segment = |at: usize| at % segment.total_segments.max(1) == segment.segment_number;
    let all = all.into_iter().enumerate().filter(|(at, _)| is_of_segment(*at));
    let all: Vec<Partition> = all.map(|(_, entry)| partition(&table, entry)).collect();
    let (partitions, token) = page(all, request.next_token.as_deref(), request.max_results, 1000)?;
    Ok(with_token(json!({"Partitions": encoded(&partitions)?}), token))
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
        let catalog = service.catalog();
        if catalog.partition(&table, &values).await.map_err(|error| of_catalog(&error))?.is_none() {
            return Err(not_found());
        }
        let moved = catalog.move_partition(&table, &values, &input).await.map_err(|error| of_catalog(&error))?;
        let exists = || ApiError::new(Exception::AlreadyExists, "Partition already exists.");
        return if moved { Ok(json!({})) } else { Err(exists()) };
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
