//! The catalog, as Athena's own operations show it.

use athena::{
    ApiError, Exception,
    constraints::{MAX_LISTED, required},
    glue,
    wire::{Column, DataCatalog, DataCatalogSummary, Database, MetadataRequest, TableMetadata},
};
use catalog::{CATALOG, DatabaseEntry, TableEntry};
use serde_json::{Value as Json, json};

use super::{
    encoded,
    pages::{page, with_token},
};
use crate::{Service, queries::seconds};

/// The catalog's name as Athena writes it.
const SHOWN: &str = "AwsDataCatalog";

pub(super) fn list_catalogs() -> Json {
    let summary = DataCatalogSummary { catalog_name: SHOWN.to_owned(), kind: "GLUE".to_owned() };
    json!({"DataCatalogsSummary": [encoded(&summary).unwrap_or_default()]})
}

pub(super) fn get_catalog(request: &MetadataRequest) -> Result<Json, ApiError> {
    let name = required(request.name.clone(), "name")?;
    check_catalog(Some(&name))?;
    let parameters = [("catalog-id".to_owned(), super::sts::ACCOUNT.to_owned())].into();
    Ok(json!({"DataCatalog": encoded(&DataCatalog { name, kind: "GLUE".to_owned(), parameters })?}))
}

pub(super) fn check_catalog(name: Option<&str>) -> Result<(), ApiError> {
    match name {
        Some(name) if !name.eq_ignore_ascii_case(CATALOG) => {
            Err(ApiError::invalid_input(format!("Data Catalog {name} not found")))
        }
        _ => Ok(()),
    }
}

/// Failed look-ups are told in one way, whatever failed.
fn failed(error: &catalog::Error) -> ApiError {
    let exception = match error {
        catalog::Error::Store(_) | catalog::Error::Lake(_) => Exception::InternalServer,
        _ => Exception::Metadata,
    };
    let message = match error {
        catalog::Error::NoSuchTable { table, .. } => not_found(&format!("Table {table} not found.")),
        catalog::Error::NoSuchDatabase { database } => not_found(&format!("Database {database} not found.")),
        other => other.to_string(),
    };
    ApiError::new(exception, message)
}

/// In the words of Athena's own catalog, by which PyAthena knows that there is no such object.
fn not_found(what: &str) -> String {
    format!(
        "{what} (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: \
         {}; Proxy: null)",
        uuid::Uuid::new_v4()
    )
}

fn database(entry: DatabaseEntry) -> Database {
    Database { name: entry.name, description: entry.description, parameters: entry.parameters }
}

pub(super) async fn list_databases(service: &Service, request: MetadataRequest) -> Result<Json, ApiError> {
    check_catalog(request.catalog_name.as_deref())?;
    let all = service.catalog().databases().await.map_err(|error| failed(&error))?;
    let all: Vec<Database> = all.into_iter().map(database).collect();
    let (databases, token) = page(all, request.next_token.as_deref(), request.max_results, MAX_LISTED)?;
    Ok(with_token(json!({"DatabaseList": encoded(&databases)?}), token))
}

pub(super) async fn get_database(service: &Service, request: MetadataRequest) -> Result<Json, ApiError> {
    check_catalog(request.catalog_name.as_deref())?;
    let name = required(request.database_name, "databaseName")?;
    let entry = service.catalog().database(&name).await.map_err(|error| failed(&error))?;
    Ok(json!({"Database": encoded(&database(entry))?}))
}

fn table(entry: TableEntry) -> TableMetadata {
    let column = |column: glue::Column| Column { name: column.name, kind: column.kind, comment: column.comment };
    let storage = entry.input.storage_descriptor.unwrap_or_default();
    let mut parameters = entry.input.parameters;
    let serde = storage.serde_info.unwrap_or_default();
    let described = [
        ("location", storage.location),
        ("inputformat", storage.input_format),
        ("outputformat", storage.output_format),
        ("serde.serialization.lib", serde.serialization_library),
    ];
    parameters.extend(described.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let named = |(name, value)| (format!("serde.param.{name}"), value);
    parameters.extend(serde.parameters.into_iter().map(named));
    TableMetadata {
        name: entry.input.name,
        create_time: seconds(entry.created_at_us),
        last_access_time: 0.0,
        table_type: entry.input.table_type.unwrap_or_else(|| "EXTERNAL_TABLE".to_owned()),
        columns: storage.columns.into_iter().map(column).collect(),
        partition_keys: entry.input.partition_keys.into_iter().map(column).collect(),
        parameters,
    }
}

pub(super) async fn list_tables(service: &Service, request: MetadataRequest) -> Result<Json, ApiError> {
    check_catalog(request.catalog_name.as_deref())?;
    let name = required(request.database_name, "databaseName")?;
    let mut all = service.catalog().tables(&name).await.map_err(|error| failed(&error))?;
    if let Some(expression) = request.expression.as_deref().filter(|expression| !expression.is_empty()) {
        all.retain(|entry| super::glue_tables::fits(expression, &entry.input.name));
    }
    let all: Vec<TableMetadata> = all.into_iter().map(table).collect();
    let (tables, token) = page(all, request.next_token.as_deref(), request.max_results, MAX_LISTED)?;
    Ok(with_token(json!({"TableMetadataList": encoded(&tables)?}), token))
}

pub(super) async fn get_table(service: &Service, request: MetadataRequest) -> Result<Json, ApiError> {
    check_catalog(request.catalog_name.as_deref())?;
    let name = required(request.database_name, "databaseName")?;
    let table_name = required(request.table_name, "tableName")?;
    let entry = service.catalog().table(&name, &table_name).await.map_err(|error| failed(&error))?;
    Ok(json!({"TableMetadata": encoded(&table(entry))?}))
}
