//! Changes of the catalog: databases, tables and views.

use std::collections::BTreeMap;

use athena::glue::Column;
use catalog::{
    CATALOG, DatabaseEntry, Location,
    hive_type::hive_name,
    provider::{ViewColumn, ViewText, view_table},
};

use super::{Done, Task, text_result};
use crate::{
    error::{QueryError, QueryResult},
    sql::plan,
    statement::{Statement, TableName},
};

pub(super) async fn change(task: &Task, statement: Statement) -> QueryResult<Done> {
    let catalog = task.service.catalog();
    match statement {
        Statement::CreateDatabase { name, if_not_exists, comment, location, properties } => {
            let database = DatabaseEntry {
                name,
                description: comment,
                location,
                parameters: properties,
                ..DatabaseEntry::default()
            };
            match catalog.create_database(database).await {
                Err(catalog::Error::DatabaseExists { .. }) if if_not_exists => {}
                created => created?,
            }
        }
        Statement::DropDatabase { name, if_exists, cascade } => match catalog.drop_database(&name, cascade).await {
            Err(catalog::Error::NoSuchDatabase { .. }) if if_exists => {}
            dropped => dropped?,
        },
        Statement::CreateTable { database, if_not_exists, input } => {
            let database = database.unwrap_or_else(|| task.database().to_owned());
            let storage = input.storage_descriptor.as_ref();
            Location::parse(storage.and_then(|storage| storage.location.as_deref()).unwrap_or_default())?;
            match catalog.create_table(&database, *input).await {
                Err(catalog::Error::TableExists { .. }) if if_not_exists => {}
                created => created?,
            }
        }
        Statement::DropTable { table, if_exists } => drop_table(task, &table, if_exists, false).await?,
        Statement::DropView { view, if_exists } => drop_table(task, &view, if_exists, true).await?,
        Statement::CreateView { view, or_replace, query } => create_view(task, &view, or_replace, &query).await?,
        Statement::SetDatabaseProperties { name, properties } => {
            let mut database = catalog.database(&name).await?;
            database.parameters.extend(properties);
            catalog.update_database(database).await?;
        }
        Statement::SetProperties { table, properties } => set_properties(task, &table, properties).await?,
        _ => return Err(QueryError::internal("a statement went the wrong way")),
    }
    text_result::nothing(task).await
}

async fn drop_table(task: &Task, name: &TableName, if_exists: bool, view: bool) -> QueryResult<()> {
    let found = match task.table(name).await {
        Err(error) if if_exists && error.name == "TABLE_NOT_FOUND" => return Ok(()),
        found => found?,
    };
    if found.is_view() != view {
        let (is, use_) = if view { ("table", "DROP TABLE") } else { ("view", "DROP VIEW") };
        let message = format!("'{}.{}' is a {is}; use {use_}", found.database, found.input.name);
        return Err(QueryError::new("GENERIC_USER_ERROR", message));
    }
    Ok(task.service.catalog().drop_table(&found.database, &found.input.name).await?)
}

async fn create_view(task: &Task, name: &TableName, or_replace: bool, query: &str) -> QueryResult<()> {
    let catalog = task.service.catalog();
    let (database, view) = task.full_name(name);
    let planned = plan(&task.session().await?, query).await?;
    let fields = planned.plan.schema().fields().clone();
    let mut columns = Vec::new();
    let mut shown = Vec::new();
    for ((field, name), of) in fields.iter().zip(&planned.names).zip(&planned.types) {
        if columns.iter().any(|column: &Column| column.name == *name) {
            let message = format!("Column name '{name}' specified more than once");
            return Err(QueryError::new("DUPLICATE_COLUMN_NAME", message));
        }
        if name.starts_with("_col") {
            return Err(QueryError::new("SYNTAX_ERROR", "Column name not specified").at_word(query, "SELECT"));
        }
        shown.push(ViewColumn { name: name.clone(), kind: of.to_string() });
        columns.push(Column { name: name.clone(), kind: hive_name(field.data_type()), ..Column::default() });
    }
    let text = ViewText {
        original_sql: query.trim().to_owned(),
        catalog: CATALOG.to_owned(),
        schema: task.database().to_lowercase(),
        columns: shown,
    };
    let input = view_table(&view, &text, columns).map_err(|error| QueryError::internal(error.to_string()))?;
    match catalog.create_table(&database, input.clone()).await {
        Err(catalog::Error::TableExists { .. }) if or_replace => {
            if !catalog.table(&database, &view).await?.is_view() {
                return Err(QueryError::new("TABLE_ALREADY_EXISTS", format!("Table '{database}.{view}' is no view")));
            }
            Ok(catalog.update_table(&database, input, true).await?)
        }
        created => Ok(created?),
    }
}

async fn set_properties(task: &Task, name: &TableName, properties: BTreeMap<String, String>) -> QueryResult<()> {
    let mut table = task.table(name).await?;
    table.input.parameters.extend(properties);
    Ok(task.service.catalog().update_table(&table.database, table.input, true).await?)
}
