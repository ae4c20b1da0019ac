//! Where a write goes.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    error::{DataFusionError, Result},
    execution::{TaskContext, object_store::ObjectStoreUrl},
};
use lake::{DataFile, Lake, PartitionBy, Table};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::failure::lake_failure;

/// A table of a lake and the identity of the write that goes to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteTarget {
    /// Address of the lake.
    #[serde(with = "crate::codec::url_text")]
    pub lake_url: Url,
    /// Name of the table.
    pub table: String,
    /// Identity of the write, the same for every task and every attempt.
    pub write_id: String,
    /// How rows are divided among files.
    #[serde(default)]
    pub partitioning: PartitionBy,
}

impl WriteTarget {
    /// Opens the table with the object store of the task.
    pub(crate) fn open(&self, context: &TaskContext) -> Result<Table> {
        let store_url = ObjectStoreUrl::parse(&self.lake_url[..url::Position::BeforePath])?;
        let store = context.runtime_env().object_store(&store_url)?;
        Lake::with_store(self.lake_url.clone(), store).and_then(|lake| lake.table(&self.table)).map_err(lake_failure)
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
