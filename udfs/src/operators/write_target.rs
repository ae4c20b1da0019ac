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
use lake::{DataFile, Folder, Lake, PartWriter, PartitionBy, Table};
use serde::{Deserialize, Serialize};
use url::Url;

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
}

/// A destination with the object store of a task.
pub(super) enum Opened {
    Table(Table),
    Folder(Folder),
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table, .. } => write!(formatter, "table={table}"),
            Self::Folder { url } => write!(formatter, "folder={url}"),
        }
    }
}

impl Destination {
    fn url(&self) -> &Url {
        match self {
            Self::Table { lake_url, .. } => lake_url,
            Self::Folder { url } => url,
        }
    }

    /// Opens the destination with the object store of the task.
    pub(super) fn open(&self, context: &TaskContext) -> Result<Opened> {
        let url = self.url().clone();
        let store = context.runtime_env().object_store(ObjectStoreUrl::parse(&url[..url::Position::BeforePath])?)?;
        let opened = match self {
            Self::Table { table, .. } => {
                Lake::with_store(url, store).and_then(|lake| lake.table(table)).map(Opened::Table)
            }
            Self::Folder { .. } => Folder::with_store(url, store).map(Opened::Folder),
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
        };
        PartWriter::try_new(store, folder, schema, target.partitioning.clone()).map_err(lake_failure)
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
