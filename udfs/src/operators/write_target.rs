//! Where a write goes.

use std::{fmt, sync::Arc};

use arrow::{
    array::{AsArray, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    error::{DataFusionError, Result},
    execution::{TaskContext, object_store::ObjectStoreUrl},
};
use lake::{DataFile, Delivery, Folder, Lake, PartWriter, PartitionBy, Table};
use serde::{Deserialize, Serialize};
use url::Url;

use super::write_format::WriteFormat;
use crate::failure::lake_failure;

/// Where a write goes, and its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteTarget {
    /// Where it goes.
    pub destination: Destination,
    /// Identity of the write, the same for every task and every attempt.
    pub write_id: String,
    /// How rows are divided among files.
    #[serde(default)]
    pub partitioning: PartitionBy,
    /// How rows stand in files.
    #[serde(default)]
    pub format: WriteFormat,
    /// Partitions that the rows of a task may have, if there is a limit.
    #[serde(default)]
    pub most_partitions: Option<usize>,
}

impl WriteTarget {
    /// A write of undivided Parquet.
    pub fn new(destination: Destination, write_id: impl Into<String>) -> Self {
        Self {
            destination,
            write_id: write_id.into(),
            partitioning: PartitionBy::None,
            format: WriteFormat::default(),
            most_partitions: None,
        }
    }
}

/// What a write makes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A table of a lake.
    Table {
        /// Address of the lake.
        #[serde(with = "crate::codec::url_text")]
        lake_url: Url,
        /// Name of the table.
        table: String,
    },
    /// A folder that has no files yet.
    Folder {
        /// Address of the folder.
        #[serde(with = "crate::codec::url_text")]
        url: Url,
    },
    /// A folder of other files, to which whoever asked for the write brings them when all are written.
    Delivery {
        /// Address of the folder.
        #[serde(with = "crate::codec::url_text")]
        url: Url,
    },
}

/// A destination with the object store of a task.
pub(super) enum Opened {
    Table(Table),
    Folder(Folder),
    Delivery(Delivery),
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table, .. } => write!(formatter, "table={table}"),
            Self::Folder { url } => write!(formatter, "folder={url}"),
            Self::Delivery { url } => write!(formatter, "delivery={url}"),
        }
    }
}

impl Destination {
    fn url(&self) -> &Url {
        match self {
            Self::Table { lake_url, .. } => lake_url,
            Self::Folder { url } | Self::Delivery { url } => url,
        }
    }
}

impl WriteTarget {
    /// Opens the destination with the object store of the task.
    pub(super) fn open(&self, context: &TaskContext) -> Result<Opened> {
        let url = self.destination.url().clone();
        let store = context.runtime_env().object_store(ObjectStoreUrl::parse(&url[..url::Position::BeforePath])?)?;
        let opened = match &self.destination {
            Destination::Table { table, .. } => {
                Lake::with_store(url, store).and_then(|lake| lake.table(table)).map(Opened::Table)
            }
            Destination::Folder { .. } => Folder::with_store(url, store).map(Opened::Folder),
            Destination::Delivery { .. } => Delivery::with_store(&url, store, &self.write_id).map(Opened::Delivery),
        };
        opened.map_err(lake_failure)
    }
}

impl Opened {
    /// Writer of one task's files.
    pub(super) fn parts(&self, target: &WriteTarget, schema: SchemaRef) -> Result<PartWriter> {
        let (store, folder) = match self {
            Self::Table(table) => (table.lake().object_store(), table.staging_path(&target.write_id)),
            Self::Folder(folder) => (folder.object_store(), folder.staging_path(&target.write_id)),
            Self::Delivery(delivery) => (delivery.object_store(), delivery.staging_path()),
        };
        let parts = PartWriter::try_new(store, folder, schema, target.partitioning.clone()).map_err(lake_failure)?;
        Ok(parts.with_format(target.format.of_parts()).with_most_partitions(target.most_partitions))
    }
}

/// Schema of what a writing task reports: one row per file, as the manifest will have it.
pub(crate) fn report_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("file", DataType::Utf8, false)]))
}

pub(crate) fn to_report(files: &[DataFile]) -> Result<RecordBatch> {
    let invalid = |error: serde_json::Error| DataFusionError::External(Box::new(error));
    let texts: Result<Vec<String>> = files.iter().map(|file| serde_json::to_string(file).map_err(invalid)).collect();
    Ok(RecordBatch::try_new(report_schema(), vec![Arc::new(StringArray::from_iter_values(texts?))])?)
}

pub(crate) fn from_report(report: &RecordBatch) -> Result<Vec<DataFile>> {
    let invalid = |error: serde_json::Error| DataFusionError::External(Box::new(error));
    let texts = report.column(0).as_string::<i32>();
    texts.iter().flatten().map(|text| serde_json::from_str(text).map_err(invalid)).collect()
}
