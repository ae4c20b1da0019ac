//! Named queries, each of a workgroup.

use athena::{
    ApiError,
    constraints::{MAX_LISTED, MAX_QUERY_BYTES, length, required},
    wire::{ListRequest, NamedQuery, NamedQueryRequest},
};
use serde_json::{Value as Json, json};
use store::{Document, DocumentKey};
use uuid::Uuid;

use super::{
    encoded, internal,
    pages::{page, with_token},
    work_group_of,
};
use crate::Service;

const NAMED_QUERY: &str = "named_query";
/// Named queries that there may be.
const MOST: u32 = 10_000;

fn key(id: &str) -> DocumentKey {
    DocumentKey::new(NAMED_QUERY, "", id)
}

fn not_found(id: &str) -> ApiError {
    ApiError::invalid_input(format!("NamedQuery {id} was not found"))
}

async fn find(service: &Service, id: &str) -> Result<Option<(Document, NamedQuery)>, ApiError> {
    let Some(document) = service.store().document(&key(id)).await.map_err(|error| internal(&error))? else {
        return Ok(None);
    };
    let query = serde_json::from_value(document.body.clone()).map_err(|error| internal(&error))?;
    Ok(Some((document, query)))
}

pub(super) async fn create(service: &Service, request: NamedQueryRequest) -> Result<Json, ApiError> {
    let query_string = required(request.query_string, "queryString")?;
    length(&query_string, "queryString", 1, MAX_QUERY_BYTES)?;
    let work_group = work_group_of(service, request.work_group.as_deref().unwrap_or("primary")).await?;
    let id = Uuid::new_v4().to_string();
    let query = NamedQuery {
        name: required(request.name, "name")?,
        description: request.description,
        database: required(request.database, "database")?,
        query_string,
        named_query_id: id.clone(),
        work_group: work_group.name,
    };
    service.store().create_document(&key(&id), &encoded(&query)?).await.map_err(|error| internal(&error))?;
    Ok(json!({"NamedQueryId": id}))
}

pub(super) async fn get(service: &Service, request: NamedQueryRequest) -> Result<Json, ApiError> {
    let id = required(request.named_query_id, "namedQueryId")?;
    let (_, query) = find(service, &id).await?.ok_or_else(|| not_found(&id))?;
    Ok(json!({"NamedQuery": encoded(&query)?}))
}

pub(super) async fn batch_get(service: &Service, request: NamedQueryRequest) -> Result<Json, ApiError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in required(request.named_query_ids, "namedQueryIds")?.into_iter().take(MAX_LISTED as usize) {
        match find(service, &id).await? {
            Some((_, query)) => found.push(encoded(&query)?),
            None => missing.push(json!({"NamedQueryId": id, "ErrorCode": "NAMED_QUERY_NOT_FOUND",
                "ErrorMessage": "NamedQuery was not found"})),
        }
    }
    Ok(json!({"NamedQueries": found, "UnprocessedNamedQueryIds": missing}))
}

pub(super) async fn list(service: &Service, request: ListRequest) -> Result<Json, ApiError> {
    let work_group = work_group_of(service, request.work_group.as_deref().unwrap_or("primary")).await?;
    let documents = service.store().documents(NAMED_QUERY, "", "", MOST).await.map_err(|error| internal(&error))?;
    let own = |document: &Document| document.body["WorkGroup"] == work_group.name.as_str();
    let ids: Vec<String> = documents.into_iter().filter(own).map(|document| document.name).collect();
    let (ids, token) = page(ids, request.next_token.as_deref(), request.max_results, MAX_LISTED)?;
    Ok(with_token(json!({"NamedQueryIds": ids}), token))
}

pub(super) async fn update(service: &Service, request: NamedQueryRequest) -> Result<Json, ApiError> {
    let id = required(request.named_query_id, "namedQueryId")?;
    let (document, mut query) = find(service, &id).await?.ok_or_else(|| not_found(&id))?;
    query.name = required(request.name, "name")?;
    query.query_string = required(request.query_string, "queryString")?;
    query.description = request.description.or(query.description);
    let replaced = service.store().replace_document(&key(&id), &encoded(&query)?, document.revision).await;
    if replaced.map_err(|error| internal(&error))? {
        return Ok(json!({}));
    }
    Err(ApiError::invalid_input(format!("NamedQuery {id} was changed at the same moment: try again")))
}

pub(super) async fn delete(service: &Service, request: NamedQueryRequest) -> Result<Json, ApiError> {
    let id = required(request.named_query_id, "namedQueryId")?;
    let deleted = service.store().delete_document(&key(&id)).await.map_err(|error| internal(&error))?;
    if deleted { Ok(json!({})) } else { Err(not_found(&id)) }
}
