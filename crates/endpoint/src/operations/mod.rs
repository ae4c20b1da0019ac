//! Operations by name.

mod catalogs;
mod glue_databases;
mod glue_partitions;
mod glue_tables;
mod named_queries;
mod names;
mod pages;
mod prepared_statements;
mod queries;
mod results;
mod sts;
mod tags;
mod work_groups;

use std::sync::Arc;

use athena::{ApiError, Exception, constraints::unreadable, signature::Permission};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use crate::Service;

pub(crate) use names::is_known;
pub(crate) use prepared_statements::{PREPARED, prepared_statement};
pub(crate) use sts::{sts, sts_error};
pub(crate) use work_groups::work_group_of;

/// Answers an operation of Athena.
pub(crate) async fn athena(
    service: &Arc<Service>,
    operation: &str,
    permission: Permission,
    body: &[u8],
) -> Result<Json, ApiError> {
    match operation {
        "StartQueryExecution" => queries::start(service, decoded(body)?, permission).await,
        "GetQueryExecution" => queries::get(service, decoded(body)?).await,
        "BatchGetQueryExecution" => queries::batch_get(service, decoded(body)?).await,
        "ListQueryExecutions" => queries::list(service, decoded(body)?).await,
        "StopQueryExecution" => queries::stop(service, decoded(body)?).await,
        "GetQueryRuntimeStatistics" => queries::runtime_statistics(service, decoded(body)?).await,
        "GetQueryResults" => results::get(service, decoded(body)?).await,
        "GetWorkGroup" => work_groups::get(service, decoded(body)?).await,
        "ListWorkGroups" => work_groups::list(service, decoded(body)?).await,
        "CreateWorkGroup" => allowed(permission, Permission::Admin, work_groups::create(service, decoded(body)?)).await,
        "UpdateWorkGroup" => allowed(permission, Permission::Admin, work_groups::update(service, decoded(body)?)).await,
        "DeleteWorkGroup" => allowed(permission, Permission::Admin, work_groups::delete(service, decoded(body)?)).await,
        "ListDataCatalogs" => Ok(catalogs::list_catalogs()),
        "GetDataCatalog" => catalogs::get_catalog(&decoded(body)?),
        "ListDatabases" => catalogs::list_databases(service, decoded(body)?).await,
        "GetDatabase" => catalogs::get_database(service, decoded(body)?).await,
        "ListTableMetadata" => catalogs::list_tables(service, decoded(body)?).await,
        "GetTableMetadata" => catalogs::get_table(service, decoded(body)?).await,
        "CreatePreparedStatement" => prepared_statements::create(service, decoded(body)?).await,
        "GetPreparedStatement" => prepared_statements::get(service, decoded(body)?).await,
        "BatchGetPreparedStatement" => prepared_statements::batch_get(service, decoded(body)?).await,
        "ListPreparedStatements" => prepared_statements::list(service, decoded(body)?).await,
        "UpdatePreparedStatement" => prepared_statements::update(service, decoded(body)?).await,
        "DeletePreparedStatement" => prepared_statements::delete(service, decoded(body)?).await,
        "CreateNamedQuery" => named_queries::create(service, decoded(body)?).await,
        "GetNamedQuery" => named_queries::get(service, decoded(body)?).await,
        "BatchGetNamedQuery" => named_queries::batch_get(service, decoded(body)?).await,
        "ListNamedQueries" => named_queries::list(service, decoded(body)?).await,
        "UpdateNamedQuery" => named_queries::update(service, decoded(body)?).await,
        "DeleteNamedQuery" => named_queries::delete(service, decoded(body)?).await,
        "ListEngineVersions" => Ok(json!({"EngineVersions": [athena::wire::EngineVersion::default()]})),
        "ListTagsForResource" => tags::list(service, decoded(body)?).await,
        "TagResource" => allowed(permission, Permission::Admin, tags::tag(service, decoded(body)?)).await,
        "UntagResource" => allowed(permission, Permission::Admin, tags::untag(service, decoded(body)?)).await,
        "CreateDataCatalog" | "UpdateDataCatalog" | "DeleteDataCatalog" => {
            Err(ApiError::invalid_input(format!("{operation} is not available: there is one catalog, AwsDataCatalog")))
        }
        name if is_of_athena(name) => Err(ApiError::invalid_input(format!(
            "{name} is not available: Segue answers queries, not Spark or capacity"
        ))),
        _ => Err(ApiError::new(Exception::UnknownOperation, operation)),
    }
}

/// Answers an operation of Glue.
pub(crate) async fn glue(
    service: &Arc<Service>,
    operation: &str,
    permission: Permission,
    body: &[u8],
) -> Result<Json, ApiError> {
    let reads = ["Get", "Search", "List", "BatchGet"].iter().any(|prefix| operation.starts_with(prefix));
    if !reads && permission < Permission::Write {
        return Err(forbidden(Permission::Write));
    }
    match operation {
        "GetDatabase" => glue_databases::get(service, decoded(body)?).await,
        "GetDatabases" => glue_databases::list(service, decoded(body)?).await,
        "CreateDatabase" => glue_databases::create(service, decoded(body)?).await,
        "UpdateDatabase" => glue_databases::update(service, decoded(body)?).await,
        "DeleteDatabase" => glue_databases::delete(service, decoded(body)?).await,
        "GetTable" => glue_tables::get(service, decoded(body)?).await,
        "GetTables" => glue_tables::list(service, decoded(body)?).await,
        "SearchTables" => glue_tables::search(service, decoded(body)?).await,
        "CreateTable" => glue_tables::create(service, decoded(body)?).await,
        "UpdateTable" => glue_tables::update(service, decoded(body)?).await,
        "DeleteTable" => glue_tables::delete(service, decoded(body)?).await,
        "BatchDeleteTable" => glue_tables::batch_delete(service, decoded(body)?).await,
        "GetTableVersions" => glue_tables::versions(service, decoded(body)?).await,
        "DeleteTableVersion" => glue_tables::delete_version(service, decoded(body)?).await,
        "GetPartition" => glue_partitions::get(service, decoded(body)?).await,
        "GetPartitions" => glue_partitions::list(service, decoded(body)?).await,
        "BatchGetPartition" => glue_partitions::batch_get(service, decoded(body)?).await,
        "CreatePartition" => glue_partitions::create(service, decoded(body)?).await,
        "BatchCreatePartition" => glue_partitions::batch_create(service, decoded(body)?).await,
        "UpdatePartition" => glue_partitions::update(service, decoded(body)?).await,
        "DeletePartition" => glue_partitions::delete(service, decoded(body)?).await,
        "BatchDeletePartition" => glue_partitions::batch_delete(service, decoded(body)?).await,
        _ => Err(ApiError::new(Exception::UnknownOperation, operation)),
    }
}

/// Operations that Athena has and the endpoint has not.
fn is_of_athena(name: &str) -> bool {
    let words = ["Session", "Calculation", "Notebook", "Capacity", "ApplicationDPUSizes", "Executors", "SystemTable"];
    words.iter().any(|word| name.contains(word))
}

async fn allowed(
    permission: Permission,
    needed: Permission,
    answering: impl Future<Output = Result<Json, ApiError>>,
) -> Result<Json, ApiError> {
    if permission < needed { Err(forbidden(needed)) } else { answering.await }
}

fn forbidden(needed: Permission) -> ApiError {
    let word = format!("{needed:?}").to_lowercase();
    ApiError::new(Exception::AccessDenied, format!("The key lacks the permission {word}, which this operation needs"))
}

fn decoded<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

fn encoded(value: &impl Serialize) -> Result<Json, ApiError> {
    serde_json::to_value(value).map_err(|error| internal(&error))
}

fn internal(error: &dyn std::error::Error) -> ApiError {
    ApiError::new(Exception::InternalServer, error.to_string())
}

/// The error of the catalog, as Glue says it.
fn of_catalog(error: &catalog::Error) -> ApiError {
    let exception = match error {
        catalog::Error::NoSuchDatabase { .. } | catalog::Error::NoSuchTable { .. } => Exception::EntityNotFound,
        catalog::Error::DatabaseExists { .. } | catalog::Error::TableExists { .. } => Exception::AlreadyExists,
        catalog::Error::Conflict { .. } => Exception::ConcurrentModification,
        catalog::Error::PartitionValues { .. }
        | catalog::Error::InvalidName { .. }
        | catalog::Error::InvalidExpression { .. }
        | catalog::Error::LakeTable { .. }
        | catalog::Error::DatabaseNotEmpty { .. } => Exception::InvalidInput,
        _ => Exception::InternalServer,
    };
    ApiError::new(exception, error.to_string())
}
