//! Prepared statements, each of a workgroup.

use athena::{
    ApiError, Exception,
    constraints::{MAX_LISTED, broken, required},
    wire::{PreparedStatement, PreparedStatementRequest, PreparedStatementSummary},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use store::DocumentKey;

use super::{
    encoded, internal,
    pages::{page, with_token},
    work_group_of,
};
use crate::{
    Service,
    queries::{now_us, seconds},
};

/// Kind of the store's documents.
pub(crate) const PREPARED: &str = "prepared_statement";
/// Statements that a workgroup may have, as in Athena.
const MOST: u32 = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRequest {
    work_group: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// The prepared statement of a name, if there is one.
pub(crate) async fn prepared_statement(
    service: &Service,
    work_group: &str,
    name: &str,
) -> Result<Option<PreparedStatement>, ApiError> {
    let key = DocumentKey::new(PREPARED, work_group, name.to_lowercase());
    let found = service.store().document(&key).await.map_err(|error| internal(&error))?;
    found.map(|found| serde_json::from_value(found.body).map_err(|error| internal(&error))).transpose()
}

async fn key(service: &Service, request: &PreparedStatementRequest) -> Result<(String, DocumentKey), ApiError> {
    let name = required(request.statement_name.clone(), "statementName")?;
    let fits = name.starts_with(|first: char| first.is_ascii_alphabetic() || "_@:".contains(first))
        && name.len() <= 256
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@:".contains(&byte));
    if !fits {
        let constraint = "Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_@:]{1,256}";
        return Err(broken(&format!("'{name}'"), "statementName", constraint));
    }
    let work_group = work_group_of(service, request.work_group.as_deref().unwrap_or("primary")).await?;
    let key = DocumentKey::new(PREPARED, work_group.name, name.to_lowercase());
    Ok((name, key))
}

fn not_found(name: &str) -> ApiError {
    ApiError::new(Exception::ResourceNotFound, format!("PreparedStatement {name} was not found"))
}

fn statement(
    name: String,
    key: &DocumentKey,
    request: PreparedStatementRequest,
) -> Result<PreparedStatement, ApiError> {
    Ok(PreparedStatement {
        statement_name: name,
        query_statement: required(request.query_statement, "queryStatement")?,
        work_group_name: key.parent.clone(),
        description: request.description,
        last_modified_time: seconds(now_us()),
    })
}

pub(super) async fn create(service: &Service, request: PreparedStatementRequest) -> Result<Json, ApiError> {
    let (name, key) = key(service, &request).await?;
    let statement = statement(name.clone(), &key, request)?;
    let created = service.store().create_document(&key, &encoded(&statement)?).await;
    if created.map_err(|error| internal(&error))? {
        return Ok(json!({}));
    }
    Err(ApiError::invalid_input(format!("PreparedStatement {name} already exists")))
}

pub(super) async fn get(service: &Service, request: PreparedStatementRequest) -> Result<Json, ApiError> {
    let (name, key) = key(service, &request).await?;
    let found = prepared_statement(service, &key.parent, &name).await?.ok_or_else(|| not_found(&name))?;
    Ok(json!({"PreparedStatement": encoded(&found)?}))
}

pub(super) async fn batch_get(service: &Service, request: PreparedStatementRequest) -> Result<Json, ApiError> {
    let names = required(request.prepared_statement_names, "preparedStatementNames")?;
    let work_group = required(request.work_group, "workGroup")?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in names.into_iter().take(MAX_LISTED as usize) {
        match prepared_statement(service, &work_group, &name).await? {
            Some(statement) => found.push(encoded(&statement)?),
            None => missing.push(json!({"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND",
                "ErrorMessage": "prepared statement was not found"})),
        }
    }
    Ok(json!({"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}))
}

pub(super) async fn list(service: &Service, request: ListRequest) -> Result<Json, ApiError> {
    let work_group = work_group_of(service, &required(request.work_group, "workGroup")?).await?;
    let documents = service.store().documents(PREPARED, &work_group.name, "", MOST).await;
    let mut all = Vec::new();
    for document in documents.map_err(|error| internal(&error))? {
        let statement: PreparedStatement = serde_json::from_value(document.body).map_err(|error| internal(&error))?;
        let PreparedStatement { statement_name, last_modified_time, .. } = statement;
        all.push(PreparedStatementSummary { statement_name, last_modified_time });
    }
    let (statements, token) = page(all, request.next_token.as_deref(), request.max_results, MAX_LISTED)?;
    Ok(with_token(json!({"PreparedStatements": encoded(&statements)?}), token))
}

pub(super) async fn update(service: &Service, request: PreparedStatementRequest) -> Result<Json, ApiError> {
    let (name, key) = key(service, &request).await?;
    let found = service.store().document(&key).await.map_err(|error| internal(&error))?;
    let revision = found.ok_or_else(|| not_found(&name))?.revision;
    let statement = statement(name.clone(), &key, request)?;
    let replaced = service.store().replace_document(&key, &encoded(&statement)?, revision).await;
    if replaced.map_err(|error| internal(&error))? {
        return Ok(json!({}));
    }
    Err(ApiError::invalid_input(format!("PreparedStatement {name} was changed at the same moment: try again")))
}

pub(super) async fn delete(service: &Service, request: PreparedStatementRequest) -> Result<Json, ApiError> {
    let (name, key) = key(service, &request).await?;
    let deleted = service.store().delete_document(&key).await.map_err(|error| internal(&error))?;
    if deleted { Ok(json!({})) } else { Err(not_found(&name)) }
}
