//! `INSERT INTO`.

use std::sync::Arc;

use catalog::TableEntry;
use udfs::lake_table::LakeTable;

use super::{
    Done, Task,
    delivery::{addresses, write},
    finish, format, insert_into,
    partitioning::dealt,
    run,
    source::{Source, columns_of},
};
use crate::{
    error::{QueryError, QueryResult},
    statement::{TableName, Tokens},
};

pub(in crate::execute) async fn insert(
    task: &Task,
    name: &TableName,
    columns: &[String],
    query: &str,
) -> QueryResult<Done> {
    let table = task.table(name).await?;
    if table.is_view() {
        return Err(at_start(task, QueryError::not_supported("Inserting into views is not supported")));
    }
    let source = Source::of(task, query).await?;
    if table.in_lake {
        return into_lake(task, &table, columns, &source).await;
    }
    check(&table).map_err(|error| error.at_word(&task.execution.query, &name.table))?;
    let format = format::of_table(&table)?;
    tidy(task, &table).await?;
    let rows = source.matched(&columns_of(&table)?, columns).map_err(|error| at_start(task, error))?;
    let schema = Arc::clone(rows.schema());
    let keys: Vec<String> = table.input.partition_keys.iter().map(|key| key.name.clone()).collect();
    let of_key = |key: &String| schema.field_with_unqualified_name(key).ok().map(|field| field.as_ref().clone());
    let fields: Vec<_> = keys.iter().filter_map(of_key).collect();
    let rows = dealt(&source, rows, &fields)?;
    let location = table.location().unwrap_or_default();
    let written = write(task, &source, rows, location, &keys, format).await?;
    if written.wrote.rows == 0 {
        written.discard().await;
        return finish(task, &source, "INSERT", written.wrote, Vec::new()).await;
    }
    let (moves, partitions) = match written.to_partitions(task, &table, &keys).await {
        Ok(places) => places,
        Err(error) => {
            written.discard().await;
            return Err(error);
        }
    };
    let files = addresses(&moves);
    let catalog = task.service.catalog();
    catalog.begin_write(&table, task.id(), &files).await?;
    let shown = async {
        written.deliver(&moves).await?;
        // Those of new partitions are not seen either before the write ends.
        catalog.create_missing_partitions(&table, &partitions).await?;
        Ok::<_, QueryError>(catalog.end_write(&table, task.id()).await?)
    }
    .await;
    if let Err(error) = shown {
        // As long as files are left, the note stays that keeps them from being seen.
        if written.take_back(&moves).await.is_ok() {
            catalog.end_write(&table, task.id()).await?;
        }
        return Err(error);
    }
    finish(task, &source, "INSERT", written.wrote, files).await
}

/// An error at the statement's first word, where Trino places what is wrong with its table and columns.
fn at_start(task: &Task, error: QueryError) -> QueryError {
    let (line, column) = Tokens::of(&task.execution.query).map_or((1, 1), |tokens| tokens.place());
    error.at(line, column)
}

/// Refuses tables whose rows would not be seen, or not be seen rightly.
fn check(table: &TableEntry) -> QueryResult<()> {
    let is =
        |name: &str| table.input.parameters.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    if is("projection.enabled") {
        return Err(QueryError::not_supported("not supported: INSERT INTO a table with partition projection"));
    }
    let buckets = table.input.storage_descriptor.as_ref().and_then(|storage| storage.number_of_buckets);
    if buckets.is_some_and(|buckets| buckets > 0) {
        return Err(QueryError::not_supported("not supported: INSERT INTO a table with buckets"));
    }
    Ok(())
}

async fn into_lake(task: &Task, table: &TableEntry, columns: &[String], source: &Source) -> QueryResult<Done> {
    let lake = task.service.catalog().lake().ok_or_else(|| QueryError::internal("there is no lake"))?;
    let schema = lake.table(&table.input.name)?.snapshot().await?.schema().as_ref().clone();
    let rows = source.matched(&schema, columns).map_err(|error| at_start(task, error))?;
    let target = Arc::new(LakeTable::target(lake, &table.input.name, Arc::new(schema)));
    let wrote = run(task, source, insert_into(rows, target)?).await?;
    finish(task, source, "INSERT", wrote, Vec::new()).await
}

/// Removes the files of writes to a table whose processes ended before they did.
async fn tidy(task: &Task, table: &TableEntry) -> QueryResult<()> {
    let catalog = task.service.catalog();
    for (write_id, files) in catalog.table_writes(table).await?.unfinished {
        let state = task.service.store().query(&write_id).await?.map(|query| query.state);
        if matches!(state.as_deref(), Some("QUEUED" | "RUNNING")) {
            continue;
        }
        for file in files {
            let place = catalog::Location::parse(&file)?;
            let store = place.store(&task.service.places.stores)?;
            lake::Delivery::take_back(store.as_ref(), [place.path().clone()]).await?;
        }
        catalog.end_write(table, &write_id).await?;
    }
    Ok(())
}
