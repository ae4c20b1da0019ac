//! The lake's tables, as the catalog shows them.

use std::collections::BTreeMap;

use athena::glue::{Column, SerDeInfo, StorageDescriptor, TableInput};
use lake::Snapshot;

use crate::{Catalog, Result, TableEntry, hive_type::hive_name};

/// The database in which the lake's tables appear.
pub const LAKE_DATABASE: &str = "default";

const PARQUET_SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const PARQUET_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";

impl Catalog {
    /// The lake's tables in their current versions.
    pub(crate) async fn lake_tables(&self) -> Result<Vec<TableEntry>> {
        let Some(lake) = self.lake() else { return Ok(Vec::new()) };
        let mut tables = Vec::new();
        for name in lake.tables().await? {
            tables.extend(self.lake_table(&name).await?);
        }
        Ok(tables)
    }

    /// A table of the lake, if it has one of this name.
    pub(crate) async fn lake_table(&self, name: &str) -> Result<Option<TableEntry>> {
        let Some(lake) = self.lake() else { return Ok(None) };
        let Ok(table) = lake.table(name) else { return Ok(None) };
        match table.snapshot().await {
            Ok(snapshot) => Ok(Some(entry(name, &snapshot))),
            Err(lake::Error::NoSuchTable { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn entry(name: &str, snapshot: &Snapshot) -> TableEntry {
    let column = |field: &arrow::datatypes::FieldRef| Column {
        name: field.name().to_lowercase(),
        kind: hive_name(field.data_type()),
        ..Column::default()
    };
    // Where one folder is the version, readers of files find it there.
    let folders = snapshot.data_urls();
    let location =
        if let [folder] = folders.as_slice() { folder.to_string() } else { snapshot.table().url().to_string() };
    let storage = StorageDescriptor {
        columns: snapshot.schema().fields().iter().map(column).collect(),
        location: Some(location),
        input_format: Some(PARQUET_INPUT.to_owned()),
        output_format: Some(PARQUET_OUTPUT.to_owned()),
        serde_info: Some(SerDeInfo { serialization_library: Some(PARQUET_SERDE.to_owned()), ..SerDeInfo::default() }),
        ..StorageDescriptor::default()
    };
    let parameters = BTreeMap::from([
        ("EXTERNAL".to_owned(), "TRUE".to_owned()),
        ("classification".to_owned(), "parquet".to_owned()),
        ("numRows".to_owned(), snapshot.rows().to_string()),
        ("segue.lake_version".to_owned(), snapshot.version().to_string()),
    ]);
    let committed = i64::try_from(snapshot.manifest().committed_at_ms).unwrap_or_default().saturating_mul(1000);
    TableEntry {
        database: LAKE_DATABASE.to_owned(),
        input: TableInput {
            name: name.to_owned(),
            storage_descriptor: Some(storage),
            table_type: Some("EXTERNAL_TABLE".to_owned()),
            parameters,
            ..TableInput::default()
        },
        version: snapshot.version(),
        created_at_us: committed,
        updated_at_us: committed,
        in_lake: true,
    }
}
