//! A folder that rows can be inserted into, once.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::plan_err,
    datasource::TableType,
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreUrl,
    logical_expr::{Expr, dml::InsertOp},
    physical_plan::ExecutionPlan,
};
use lake::{Column, Folder, PartitionBy, WriteMode};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::operators::{CommitSpec, Destination, WriteFormat, WriteOptions, WriteTarget, parallel_write};

/// The target of a `COPY … TO`: cannot be read, and is written by every task.
#[derive(Debug, Clone)]
pub struct FolderTable {
    url: Url,
    schema: SchemaRef,
    options: FolderWrite,
}

/// How rows are written to a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderWrite {
    /// How rows are divided among files.
    pub partition_by: PartitionBy,
    /// How rows stand in files.
    pub format: WriteFormat,
    /// Partitions that the rows may have, if there is a limit; a task refuses more of its own.
    pub most_partitions: Option<usize>,
    /// If given, the files of the write, which gets this id, stay where nobody sees them until its owner brings them to
    /// their places ([`lake::Delivery`]), and the folder may have others.
    pub held_as: Option<String>,
}

impl FolderTable {
    /// A folder for rows of this schema; its address ends in a slash.
    pub fn new(url: Url, schema: SchemaRef, options: FolderWrite) -> Self {
        Self { url, schema, options }
    }

    /// Address of the folder.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How rows are written.
    pub fn options(&self) -> &FolderWrite {
        &self.options
    }
}

#[async_trait]
impl TableProvider for FolderTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        _projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan_err!("the folder {} is only being written", self.url)
    }

    async fn insert_into(
        &self,
        state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        _op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let FolderWrite { partition_by, format, most_partitions, held_as } = self.options.clone();
        let url = self.url.clone();
        let (destination, write_id) = match held_as {
            Some(write_id) => (Destination::Delivery { url }, write_id),
            None => {
                let place = ObjectStoreUrl::parse(&url[..url::Position::BeforePath])?;
                let store = state.runtime_env().object_store(place)?;
                let failed = |error: lake::Error| DataFusionError::External(Box::new(error));
                // Said before the rows are computed; the commit looks again.
                Folder::with_store(url.clone(), store).map_err(failed)?.check_empty().await.map_err(failed)?;
                (Destination::Folder { url }, Uuid::now_v7().to_string())
            }
        };
        let target = WriteTarget { destination, write_id, partitioning: partition_by, format, most_partitions };
        let columns = Column::of_schema(&input.schema());
        let spec = CommitSpec { target, mode: WriteMode::Append, columns, options: WriteOptions::default() };
        Ok(parallel_write(input, spec))
    }
}
