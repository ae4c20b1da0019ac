//! `ALTER TABLE … ADD / DROP PARTITION` and `MSCK REPAIR TABLE`.

use std::collections::BTreeSet;

use athena::glue::{PartitionInput, StorageDescriptor};
use catalog::{Location, TableEntry, partition_path};
use futures::TryStreamExt;

use super::{Done, Task, text_result};
use crate::{
    error::{QueryError, QueryResult},
    statement::{PartitionSpec, Statement},
};

pub(super) async fn change(task: &Task, statement: Statement) -> QueryResult<Done> {
    let catalog = task.service.catalog();
    match statement {
        Statement::AddPartitions { table, if_not_exists, partitions } => {
            let table = task.table(&table).await?;
            for partition in partitions {
                let values = values_of(&table, &partition)?;
                let path = path_of(&table, &values);
                let location = match partition.location {
                    Some(location) => location,
                    None => format!("{}{path}/", folder_of(&table)?),
                };
                let input = with_location(&table, values, location);
                if !catalog.create_partition(&table, &input).await? && !if_not_exists {
                    let message = format!("Partition already exists: {path}");
                    return Err(QueryError::new("GENERIC_USER_ERROR", message));
                }
            }
            text_result::nothing(task).await
        }
        Statement::DropPartitions { table, if_exists, partitions } => {
            let table = task.table(&table).await?;
            for partition in partitions {
                let chosen = chosen(task, &table, &partition).await?;
                if chosen.is_empty() && !if_exists {
                    let told = partition.values.iter().map(|(key, value)| format!("{key}={value}"));
                    let told = told.collect::<Vec<_>>().join("/");
                    return Err(QueryError::new("GENERIC_USER_ERROR", format!("Partition not found: {told}")));
                }
                for values in chosen {
                    catalog.drop_partition(&table, &values).await?;
                }
            }
            text_result::nothing(task).await
        }
        Statement::Repair { table } => repair(task, &task.table(&table).await?).await,
        _ => Err(QueryError::internal("a statement went the wrong way")),
    }
}

/// The partitions of these values; keys that are not named may have any.
async fn chosen(task: &Task, table: &TableEntry, partition: &PartitionSpec) -> QueryResult<Vec<Vec<String>>> {
    let catalog = task.service.catalog();
    let keys = &table.input.partition_keys;
    for (name, _) in &partition.values {
        if keys.iter().all(|key| key.name != *name) {
            return Err(QueryError::new("SYNTAX_ERROR", format!("'{name}' is no partition key")));
        }
    }
    if partition.values.len() == keys.len() {
        let values = values_of(table, partition)?;
        let known = catalog.partition(table, &values).await?;
        return Ok(known.map(|known| known.input.values).into_iter().collect());
    }
    let fits = |values: &Vec<String>| {
        let mut known = keys.iter().zip(values);
        known.all(|(key, value)| partition.values.iter().all(|(name, wanted)| *name != key.name || wanted == value))
    };
    let all = catalog.partitions(table).await?.into_iter().map(|partition| partition.input.values);
    Ok(all.filter(fits).collect())
}

/// The values in the order of the table's keys.
pub(super) fn values_of(table: &TableEntry, partition: &PartitionSpec) -> QueryResult<Vec<String>> {
    let keys = &table.input.partition_keys;
    let value = |key: &athena::glue::Column| {
        let found = partition.values.iter().find(|(name, _)| *name == key.name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            QueryError::new("SYNTAX_ERROR", format!("the partition has no value of the key '{}'", key.name))
        })
    };
    if partition.values.len() > keys.len() {
        let message = format!("table {} has {} partition keys", table.input.name, keys.len());
        return Err(QueryError::new("SYNTAX_ERROR", message));
    }
    keys.iter().map(value).collect()
}

pub(super) fn path_of(table: &TableEntry, values: &[String]) -> String {
    partition_path(table.input.partition_keys.iter().map(|key| key.name.as_str()), values)
}

fn folder_of(table: &TableEntry) -> QueryResult<String> {
    let location = table.location().ok_or_else(|| QueryError::internal("the table has no location"))?;
    Ok(format!("{}/", location.trim_end_matches('/')))
}

fn with_location(table: &TableEntry, values: Vec<String>, location: String) -> PartitionInput {
    let storage = table.input.storage_descriptor.clone().unwrap_or_default();
    let storage = StorageDescriptor { location: Some(location), ..storage };
    PartitionInput { values, storage_descriptor: Some(storage), ..PartitionInput::default() }
}

/// Adds the partitions whose folders are there, under Hive's names, and tells which.
async fn repair(task: &Task, table: &TableEntry) -> QueryResult<Done> {
    let folder = folder_of(table)?;
    let place = Location::parse(&folder)?;
    if place.is_on_disk() && !task.service.allows_disk() {
        return Err(QueryError::not_supported(format!("not supported: the location {folder} on a disk; use s3://")));
    }
    let (store, prefix) = (place.store(&task.service.places.stores)?, place.path().clone());
    let mut found = BTreeSet::new();
    let mut listed = store.list(Some(&prefix));
    while let Some(meta) = listed.try_next().await? {
        let parts: Option<Vec<_>> = meta.location.prefix_match(&prefix).map(Iterator::collect);
        let parts = parts.unwrap_or_default();
        let keys = &table.input.partition_keys;
        if parts.len() <= keys.len() {
            continue;
        }
        let value = |(key, part): (&athena::glue::Column, &object_store::path::PathPart<'_>)| {
            let text = part.as_ref().to_owned();
            let (name, value) = text.split_once('=')?;
            (name.to_lowercase() == key.name).then(|| unescaped(value))
        };
        let values: Option<Vec<String>> = keys.iter().zip(&parts).map(value).collect();
        let below: Vec<String> = parts.iter().take(keys.len()).map(|part| part.as_ref().to_owned()).collect();
        found.extend(values.map(|values| (values, below.join("/"))));
    }
    let mut lines = Vec::new();
    for (values, below) in found {
        let path = path_of(table, &values);
        let input = with_location(table, values, format!("{folder}{below}/"));
        if task.service.catalog().create_partition(table, &input).await? {
            lines.push(format!("Repair: Added partition to metastore {}:{path}", table.input.name));
        }
    }
    text_result::write(task, &lines, Vec::new()).await
}

/// A value without Hive's escapes.
fn unescaped(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
