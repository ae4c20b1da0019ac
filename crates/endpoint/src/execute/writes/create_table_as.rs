//! `CREATE TABLE … AS`.

use super::{
    Done, Properties, Property, Task, Wrote,
    delivery::{addresses, check_empty, write},
    finish, format,
    partitioning::{dealt, divided, keys_of},
    rows_column,
    source::Source,
};
use crate::{
    error::{QueryError, QueryResult},
    statement::{Statement, TableName},
};

pub(in crate::execute) async fn create_table_as(task: &Task, statement: Statement) -> QueryResult<Done> {
    let Statement::CreateTableAs { table: name, if_not_exists, properties, query, with_data } = statement else {
        return Err(QueryError::internal("a statement went the wrong way"));
    };
    let (database, table) = task.full_name(&name);
    if exists(task, &name).await? {
        if if_not_exists {
            task.write_metadata(vec![rows_column()], Some(("CREATE TABLE AS", 0))).await?;
            return Ok(Done::default());
        }
        return Err(already_exists(task, &name));
    }
    task.service.catalog().database(&database).await?;
    format::check_properties(&properties, &["external_location", "partitioned_by"])?;
    let written_as = format::of_properties(&properties)?;
    let source = Source::of(task, &query).await?;
    let keys = keys_of(&properties);
    let (columns, key_fields) = divided(source.named_fields()?, &keys)?;
    let location = location_of(task, &properties);
    check_empty(task, &location, &format!("table '{database}.{table}'")).await?;
    let input = format::table_of(&table, &written_as, &columns, &key_fields, &location);
    if !with_data {
        task.service.catalog().create_table(&database, input).await?;
        return finish(task, &source, "CREATE TABLE AS", Wrote::default(), Vec::new()).await;
    }
    let rows = dealt(&source, source.renamed()?, &key_fields)?;
    let written = write(task, &source, rows, &location, &keys, written_as).await?;
    let storage = input.storage_descriptor.clone().unwrap_or_default();
    let (moves, partitions) = written.to_folder(&keys, &storage);
    let created = async {
        // Somebody may have written there while the rows were computed.
        check_empty(task, &location, &format!("table '{database}.{table}'")).await?;
        written.deliver(&moves).await?;
        // Nobody sees the files before there is a table.
        let created = task.service.catalog().create_table_with(&database, input, &partitions).await;
        created.map_err(|error| match error {
            catalog::Error::TableExists { .. } => already_exists(task, &name),
            error => error.into(),
        })
    }
    .await;
    if let Err(error) = created {
        written.take_back(&moves).await?;
        return Err(error);
    }
    finish(task, &source, "CREATE TABLE AS", written.wrote, addresses(&moves)).await
}

async fn exists(task: &Task, name: &TableName) -> QueryResult<bool> {
    let (database, table) = task.full_name(name);
    match task.service.catalog().table(&database, &table).await {
        Ok(_) => Ok(true),
        Err(catalog::Error::NoSuchTable { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn already_exists(task: &Task, name: &TableName) -> QueryError {
    let (database, table) = task.full_name(name);
    let message = format!("Destination table '{}.{database}.{table}' already exists", catalog::CATALOG);
    QueryError::new("TABLE_ALREADY_EXISTS", message).at_word(&task.execution.query, &name.table)
}

fn location_of(task: &Task, properties: &Properties) -> String {
    match properties.get("external_location") {
        Some(Property::Text(location)) => format!("{}/", location.trim_end_matches('/')),
        _ => task.location.file(&format!("tables/{}/", task.id())),
    }
}
