//! Rows of writes that have not ended are not seen, whatever their files' places.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{array::AsArray, datatypes::Int64Type};
use athena::glue::{Column, PartitionInput, SerDeInfo, StorageDescriptor, TableInput};
use catalog::{Catalog, DatabaseEntry, Location, provider::SessionCatalog};
use datafusion::prelude::SessionContext;
use lake::ObjectStores;
use store::{DatabaseUrl, Store, StoreOptions};
use tempfile::TempDir;
use udfs::session;

struct Place {
    folder: TempDir,
    catalog: Catalog,
}

impl Place {
    /// A table of JSON with one partition per day.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url: DatabaseUrl = format!("sqlite://{}", folder.path().join("segue.db").display()).parse().unwrap();
        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let catalog = Catalog::new(store, None);
        let database = DatabaseEntry { name: "d".to_owned(), ..DatabaseEntry::default() };
        catalog.create_database(database).await.unwrap();
        let column = |name: &str, kind: &str| Column { name: name.into(), kind: kind.into(), ..Column::default() };
        let table = TableInput {
            name: "t".to_owned(),
            partition_keys: vec![column("day", "int")],
            storage_descriptor: Some(StorageDescriptor {
                columns: vec![column("a", "bigint")],
                serde_info: Some(SerDeInfo {
                    serialization_library: Some("org.openx.data.jsonserde.JsonSerDe".to_owned()),
                    ..SerDeInfo::default()
                }),
                ..StorageDescriptor::default()
            }),
            parameters: BTreeMap::new(),
            ..TableInput::default()
        };
        let place = Self { folder, catalog };
        let partitions = ["1", "2"].map(|day| place.partition(day, &table));
        place.catalog.create_table_with("d", table, &partitions).await.unwrap();
        place
    }

    fn partition(&self, day: &str, table: &TableInput) -> PartitionInput {
        let folder = self.folder.path().join(format!("t/day={day}"));
        std::fs::create_dir_all(&folder).unwrap();
        let storage = table.storage_descriptor.clone().unwrap();
        let storage = StorageDescriptor { location: Some(folder.display().to_string()), ..storage };
        PartitionInput { values: vec![day.to_owned()], storage_descriptor: Some(storage), ..PartitionInput::default() }
    }

    /// Writes a file of one row and returns its address.
    fn write(&self, path: &str, a: i64) -> String {
        let path = self.folder.path().join("t").join(path);
        std::fs::write(&path, format!("{{\"a\": {a}}}\n")).unwrap();
        let place = Location::parse(&path.display().to_string()).unwrap();
        place.address(place.path())
    }

    async fn sum(&self) -> i64 {
        let config = session::session_config(&session::EngineOptions::default());
        let stores = Arc::new(ObjectStores::from_env());
        let runtime = session::runtime_env(Arc::clone(&stores), None).unwrap();
        let context = SessionContext::new_with_state(session::session_state(config, runtime).unwrap());
        SessionCatalog::install(&self.catalog, stores, &context, "d", true).await.unwrap();
        let rows = context.sql("SELECT sum(a) FROM t WHERE day > 0").await.unwrap().collect().await.unwrap();
        rows[0].column(0).as_primitive::<Int64Type>().value(0)
    }
}

#[tokio::test]
async fn a_write_is_seen_in_all_partitions_or_in_none() {
    let place = Place::new().await;
    place.write("day=1/old.json", 1);
    assert_eq!(place.sum().await, 1);
    let table = place.catalog.table("d", "t").await.unwrap();
    let new = [place.write("day=1/new.json", 10), place.write("day=2/new%3A.json", 100)];
    assert_eq!(place.sum().await, 111);
    place.catalog.begin_write(&table, "w", &new).await.unwrap();
    assert_eq!(place.sum().await, 1);
    // Another write does not wait for it.
    let other = [place.write("day=2/other.json", 1000)];
    place.catalog.begin_write(&table, "other", &other).await.unwrap();
    place.catalog.end_write(&table, "other").await.unwrap();
    assert_eq!(place.sum().await, 1001);
    place.catalog.end_write(&table, "w").await.unwrap();
    assert_eq!(place.sum().await, 1111);
    let writes = place.catalog.table_writes(&table).await.unwrap();
    assert_eq!((writes.begun, writes.unfinished.len()), (2, 0));
}

#[tokio::test]
async fn partitions_are_chosen_by_expressions_and_moved() {
    let place = Place::new().await;
    let table = place.catalog.table("d", "t").await.unwrap();
    let chosen = async |expression: &str| {
        let found = place.catalog.partitions_where(&table, expression).await.unwrap();
        found.into_iter().map(|partition| partition.input.values.concat()).collect::<Vec<_>>()
    };
    assert_eq!(chosen("day >= 2").await, ["2"]);
    assert_eq!(chosen("day < 10").await, ["1", "2"]);
    assert!(place.catalog.partitions_where(&table, "year = 1").await.is_err());
    let old = place.catalog.partition(&table, &["1".to_owned()]).await.unwrap().unwrap().input;
    let taken = PartitionInput { values: vec!["2".to_owned()], ..old.clone() };
    assert!(!place.catalog.move_partition(&table, &old.values, &taken).await.unwrap());
    let free = PartitionInput { values: vec!["10".to_owned()], ..old.clone() };
    assert!(place.catalog.move_partition(&table, &old.values, &free).await.unwrap());
    assert_eq!(chosen("day IN (1, 10)").await, ["10"]);
    place.catalog.create_missing_partitions(&table, &[old, free]).await.unwrap();
    assert_eq!(chosen("NOT (day = 2)").await, ["1", "10"]);
}
