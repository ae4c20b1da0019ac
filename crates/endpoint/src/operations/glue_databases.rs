//! Glue's databases.

use athena::{
    ApiError,
    constraints::required,
    glue::{Database, DatabaseInput, DatabaseRequest},
};
use catalog::DatabaseEntry;
use serde_json::{Value as Json, json};

use super::{
    encoded, of_catalog,
    pages::{page, with_token},
    sts::ACCOUNT,
};
use crate::{Service, queries::seconds};

fn database(entry: DatabaseEntry) -> Database {
    Database {
        name: entry.name,
        description: entry.description,
        location_uri: entry.location,
        parameters: entry.parameters,
        create_time: seconds(entry.created_at_us),
        catalog_id: ACCOUNT.to_owned(),
    }
}

fn entry(input: DatabaseInput) -> DatabaseEntry {
    DatabaseEntry {
        name: input.name,
        description: input.description,
        location: input.location_uri,
        parameters: input.parameters.unwrap_or_default(),
        ..DatabaseEntry::default()
    }
}

pub(super) async fn get(service: &Service, request: DatabaseRequest) -> Result<Json, ApiError> {
    let name = required(request.name, "name")?;
    let found = service.catalog().database(&name).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({"Database": encoded(&database(found))?}))
}

pub(super) async fn list(service: &Service, request: DatabaseRequest) -> Result<Json, ApiError> {
    let all = service.catalog().databases().await.map_err(|error| of_catalog(&error))?;
    let all: Vec<Database> = all.into_iter().map(database).collect();
    let (databases, token) = page(all, request.next_token.as_deref(), request.max_results, 100)?;
    Ok(with_token(json!({"DatabaseList": encoded(&databases)?}), token))
}

pub(super) async fn create(service: &Service, request: DatabaseRequest) -> Result<Json, ApiError> {
    let input = required(request.database_input, "databaseInput")?;
    service.catalog().create_database(entry(input)).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}

pub(super) async fn update(service: &Service, request: DatabaseRequest) -> Result<Json, ApiError> {
    let name = required(request.name, "name")?;
    let input = required(request.database_input, "databaseInput")?;
    let entry = DatabaseEntry { name, ..entry(input) };
    service.catalog().update_database(entry).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}

/// Glue removes what is in the database, too.
pub(super) async fn delete(service: &Service, request: DatabaseRequest) -> Result<Json, ApiError> {
    let name = required(request.name, "name")?;
    service.catalog().drop_database(&name, true).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}
