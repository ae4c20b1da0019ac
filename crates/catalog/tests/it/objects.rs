//! Databases, tables, versions and partitions.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use athena::glue::{Column, PartitionInput, StorageDescriptor, TableInput};
use catalog::{Catalog, DatabaseEntry, Error, LAKE_DATABASE};
use lake::{Lake, ObjectStores, WriteMode};
use store::{DatabaseUrl, Store, StoreOptions};
use tempfile::TempDir;

async fn catalog(folder: &TempDir) -> Catalog {
    let url: DatabaseUrl = format!("sqlite://{}", folder.path().join("segue.db").display()).parse().unwrap();
    let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
    let path = folder.path().join("lake").display().to_string();
    let lake = Lake::open(&path, Arc::new(ObjectStores::from_env())).await.unwrap();
    Catalog::new(store, Some(lake))
}

fn database(name: &str) -> DatabaseEntry {
    DatabaseEntry { name: name.to_owned(), ..DatabaseEntry::default() }
}

fn table(name: &str, kind: &str) -> TableInput {
    let columns = vec![Column { name: "A".to_owned(), kind: kind.to_owned(), ..Column::default() }];
    TableInput {
        name: name.to_owned(),
        partition_keys: vec![Column { name: "day".to_owned(), kind: "string".to_owned(), ..Column::default() }],
        storage_descriptor: Some(StorageDescriptor { columns, ..StorageDescriptor::default() }),
        ..TableInput::default()
    }
}

#[tokio::test]
async fn names_do_not_tell_upper_from_lower_case() {
    let folder = TempDir::new().unwrap();
    let catalog = catalog(&folder).await;
    catalog.create_database(database("Marts")).await.unwrap();
    assert!(matches!(catalog.create_database(database("MARTS")).await, Err(Error::DatabaseExists { .. })));
    catalog.create_table("marts", table("Plays", "int")).await.unwrap();
    let found = catalog.table("MARTS", "plays").await.unwrap();
    assert_eq!((found.input.name.as_str(), found.version), ("plays", 1));
    assert_eq!(found.input.storage_descriptor.unwrap().columns[0].name, "a");
    let again = catalog.create_table("marts", table("PLAYS", "int")).await;
    assert!(matches!(again, Err(Error::TableExists { .. })));
    assert!(matches!(catalog.create_table("nowhere", table("t", "int")).await, Err(Error::NoSuchDatabase { .. })));
}

#[tokio::test]
async fn versions_are_kept_and_disappear_with_the_table() {
    let folder = TempDir::new().unwrap();
    let catalog = catalog(&folder).await;
    catalog.create_database(database("marts")).await.unwrap();
    catalog.create_table("marts", table("t", "int")).await.unwrap();
    catalog.update_table("marts", table("t", "bigint"), true).await.unwrap();
    catalog.update_table("marts", table("t", "double"), false).await.unwrap();
    let kind = |entry: &catalog::TableEntry| entry.input.storage_descriptor.clone().unwrap().columns[0].kind.clone();
    let versions = catalog.table_versions("marts", "t").await.unwrap();
    let seen: Vec<_> = versions.iter().map(|entry| (entry.version, kind(entry))).collect();
    assert_eq!(seen, [(3, "double".to_owned()), (1, "int".to_owned())]);
    catalog.drop_table("marts", "t").await.unwrap();
    catalog.create_table("marts", table("t", "int")).await.unwrap();
    assert_eq!(catalog.table_versions("marts", "t").await.unwrap().len(), 1);
}

#[tokio::test]
async fn partitions_are_one_per_value_and_disappear_with_the_database() {
    let folder = TempDir::new().unwrap();
    let catalog = catalog(&folder).await;
    catalog.create_database(database("marts")).await.unwrap();
    catalog.create_table("marts", table("t", "int")).await.unwrap();
    let entry = catalog.table("marts", "t").await.unwrap();
    for value in ["a b", "é/=%", "2024-01-01"] {
        let partition = PartitionInput { values: vec![value.to_owned()], ..PartitionInput::default() };
        assert!(catalog.create_partition(&entry, &partition).await.unwrap(), "{value}");
        assert!(!catalog.create_partition(&entry, &partition).await.unwrap(), "{value}");
        assert_eq!(catalog.partition(&entry, &partition.values).await.unwrap().unwrap().input, partition);
    }
    let few = PartitionInput::default();
    assert!(matches!(catalog.create_partition(&entry, &few).await, Err(Error::PartitionValues { expected: 1, .. })));
    assert!(matches!(catalog.drop_database("marts", false).await, Err(Error::DatabaseNotEmpty { .. })));
    catalog.drop_database("marts", true).await.unwrap();
    catalog.create_database(database("marts")).await.unwrap();
    catalog.create_table("marts", table("t", "int")).await.unwrap();
    assert!(catalog.partitions(&entry).await.unwrap().is_empty());
}

#[tokio::test]
async fn tables_of_the_lake_appear_and_are_the_lakes_to_change() {
    let folder = TempDir::new().unwrap();
    let catalog = catalog(&folder).await;
    assert!(catalog.tables(LAKE_DATABASE).await.unwrap().is_empty());
    let schema = Arc::new(Schema::new(vec![Field::new("Pid", DataType::Int64, true)]));
    let pids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![pids]).unwrap();
    let table_of_lake = catalog.lake().unwrap().table("plays").unwrap();
    let mut writer = table_of_lake.writer(schema, WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();

    let found = catalog.tables(LAKE_DATABASE).await.unwrap();
    assert_eq!(found.len(), 1);
    let column = &found[0].input.storage_descriptor.as_ref().unwrap().columns[0];
    assert_eq!((found[0].in_lake, column.name.as_str(), column.kind.as_str()), (true, "pid", "bigint"));
    assert_eq!(found[0].input.parameters["numRows"], "2");
    let refused = catalog.drop_table(LAKE_DATABASE, "plays").await;
    assert!(matches!(refused, Err(Error::LakeTable { .. })));
    let taken = catalog.create_table(LAKE_DATABASE, table("plays", "int")).await;
    assert!(matches!(taken, Err(Error::TableExists { .. })));
}
