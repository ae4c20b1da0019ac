//! Glue's tables.

use athena::{
    ApiError, Exception,
    constraints::required,
    glue::{Table, TableRequest, TableVersion},
};
use catalog::TableEntry;
use serde_json::{Value as Json, json};

use super::{
    encoded, of_catalog,
    pages::{page, with_token},
    sts::ACCOUNT,
};
use crate::{Service, local_buckets::address_in_lake, queries::seconds};

fn table(service: &Service, mut entry: TableEntry) -> Table {
    // Clients read files by S3 only, and find those of a lake on this disk in its bucket.
    if entry.in_lake
        && let Some(storage) = &mut entry.input.storage_descriptor
        && let Some(address) = storage.location.as_deref().and_then(|path| address_in_lake(service, path))
    {
        storage.location = Some(address);
    }
    Table {
        input: entry.input,
        database_name: entry.database,
        create_time: seconds(entry.created_at_us),
        update_time: seconds(entry.updated_at_us),
        is_registered_with_lake_formation: false,
        catalog_id: ACCOUNT.to_owned(),
        // Glue counts from 0.
        version_id: entry.version.saturating_sub(1).to_string(),
    }
}

/// Glue's expressions are regular ones, of which clients use `.*` and `*`; the rest of a name stands for itself.
pub(super) fn fits(expression: &str, name: &str) -> bool {
    let pattern = expression.to_lowercase().replace(".*", "*");
    let parts: Vec<&str> = pattern.trim_start_matches('^').trim_end_matches('$').split('*').collect();
    if let [whole] = parts.as_slice() {
        return *whole == name;
    }
    let mut rest = name;
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let next = if index == 0 {
            rest.strip_prefix(part)
        } else if is_last {
            rest.ends_with(part).then_some("")
        } else {
            rest.find(part).map(|at| &rest[at + part.len()..])
        };
        let Some(next) = next else { return false };
        rest = next;
    }
    true
}

pub(super) async fn get(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let name = required(request.name, "name")?;
    let found = service.catalog().table(&database, &name).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({"Table": encoded(&table(service, found))?}))
}

pub(super) async fn list(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let mut all = service.catalog().tables(&database).await.map_err(|error| of_catalog(&error))?;
    if let Some(expression) = request.expression.as_deref().filter(|expression| !expression.is_empty()) {
        all.retain(|entry| fits(expression, &entry.input.name));
    }
    let all: Vec<Table> = all.into_iter().map(|entry| table(service, entry)).collect();
    let (tables, token) = page(all, request.next_token.as_deref(), request.max_results, 100)?;
    Ok(with_token(json!({"TableList": encoded(&tables)?}), token))
}

pub(super) async fn search(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let mut all = Vec::new();
    for database in service.catalog().databases().await.map_err(|error| of_catalog(&error))? {
        all.extend(service.catalog().tables(&database.name).await.map_err(|error| of_catalog(&error))?);
    }
    if let Some(text) = request.search_text.as_deref() {
        let text = text.trim_matches('"').to_lowercase();
        all.retain(|entry| entry.input.name.contains(&text));
    }
    for filter in request.filters.unwrap_or_default() {
        let value = filter.value.unwrap_or_default();
        match filter.key.as_deref() {
            Some("DatabaseName") => all.retain(|entry| entry.database == value),
            Some("Name" | "TableName") => all.retain(|entry| entry.input.name.contains(&value)),
            other => {
                let key = other.unwrap_or_default();
                return Err(ApiError::new(Exception::InvalidInput, format!("Search by {key} is not available")));
            }
        }
    }
    let all: Vec<Table> = all.into_iter().map(|entry| table(service, entry)).collect();
    let (tables, token) = page(all, request.next_token.as_deref(), request.max_results, 1000)?;
    Ok(with_token(json!({"TableList": encoded(&tables)?}), token))
}

pub(super) async fn create(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let input = required(request.table_input, "tableInput")?;
    service.catalog().create_table(&database, input).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}

pub(super) async fn update(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let input = required(request.table_input, "tableInput")?;
    let keep_old = request.skip_archive != Some(true);
    service.catalog().update_table(&database, input, keep_old).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}

pub(super) async fn delete(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let name = required(request.name, "name")?;
    service.catalog().drop_table(&database, &name).await.map_err(|error| of_catalog(&error))?;
    Ok(json!({}))
}

pub(super) async fn batch_delete(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let mut errors = Vec::new();
    for name in required(request.tables_to_delete, "tablesToDelete")? {
        if let Err(error) = service.catalog().drop_table(&database, &name).await {
            let error = of_catalog(&error);
            let detail = json!({"ErrorCode": error.exception.name(), "ErrorMessage": error.message});
            errors.push(json!({"TableName": name, "ErrorDetail": detail}));
        }
    }
    Ok(json!({"Errors": errors}))
}

pub(super) async fn versions(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let name = required(request.table_name, "tableName")?;
    let all = service.catalog().table_versions(&database, &name).await.map_err(|error| of_catalog(&error))?;
    let version = |entry: TableEntry| {
        let table = table(service, entry);
        TableVersion { version_id: table.version_id.clone(), table }
    };
    let all: Vec<TableVersion> = all.into_iter().map(version).collect();
    let (versions, token) = page(all, request.next_token.as_deref(), request.max_results, 100)?;
    Ok(with_token(json!({"TableVersions": encoded(&versions)?}), token))
}

pub(super) async fn delete_version(service: &Service, request: TableRequest) -> Result<Json, ApiError> {
    let database = required(request.database_name, "databaseName")?;
    let name = required(request.table_name, "tableName")?;
    let id = required(request.version_id, "versionId")?;
    let missing = || ApiError::new(Exception::EntityNotFound, format!("Version {id} of {name} not found."));
    let version: u64 = id.parse().map_err(|_| missing())?;
    let deleted = service.catalog().delete_table_version(&database, &name, version + 1).await;
    if deleted.map_err(|error| of_catalog(&error))? { Ok(json!({})) } else { Err(missing()) }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn expressions_fit_whole_names() {
        for (expression, name, expected) in [
            ("tracks", "tracks", true),
            ("track", "tracks", false),
            ("track.*", "tracks", true),
            (".*play.*", "playlist_tracks", true),
            ("*s", "tracks", true),
            ("a*b*c", "aXYc", false),
            ("a*b*c", "axbyc", true),
        ] {
            assert_eq!(fits(expression, name), expected, "{expression} {name}");
        }
    }
}
