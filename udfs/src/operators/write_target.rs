//! Where a write goes.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch, StringArray, UInt64Array},
    datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type},
};
use datafusion::{
    error::Result,
    execution::{TaskContext, object_store::ObjectStoreUrl},
};
use lake::{DataFile, Lake, Table};
use serde::{Deserialize, Serialize};
use url::Url;

use super::failure::lake_failure;

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
}

impl WriteTarget {
    /// Opens the table with the object store of the task.
    pub(crate) fn open(&self, context: &TaskContext) -> Result<Table> {
        let store_url = ObjectStoreUrl::parse(&self.lake_url[..url::Position::BeforePath])?;
        let store = context.runtime_env().object_store(&store_url)?;
        Lake::with_store(self.lake_url.clone(), store).and_then(|lake| lake.table(&self.table)).map_err(lake_failure)
    }
}

/// Schema of what a writing task reports: one row per file.
pub(crate) fn report_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("path", DataType::Utf8, false),
        Field::new("rows", DataType::UInt64, false),
        Field::new("bytes", DataType::UInt64, false),
    ]))
}

pub(crate) fn to_report(files: &[DataFile]) -> Result<RecordBatch> {
    let paths = StringArray::from_iter_values(files.iter().map(|file| &file.path));
    let rows = UInt64Array::from_iter_values(files.iter().map(|file| file.rows));
    let bytes = UInt64Array::from_iter_values(files.iter().map(|file| file.bytes));
    Ok(RecordBatch::try_new(report_schema(), vec![Arc::new(paths), Arc::new(rows), Arc::new(bytes)])?)
}

pub(crate) fn from_report(report: &RecordBatch) -> Vec<DataFile> {
    let paths = report.column(0).as_string::<i32>();
    let (rows, bytes) = (report.column(1).as_primitive::<UInt64Type>(), report.column(2).as_primitive::<UInt64Type>());
    (0..paths.len())
        .map(|row| DataFile { path: paths.value(row).to_owned(), rows: rows.value(row), bytes: bytes.value(row) })
        .collect()
}
