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
use url::Url;
use uuid::Uuid;

use crate::operators::{CommitSpec, Destination, WriteOptions, WriteTarget, parallel_write};

/// The target of a `COPY … TO`: cannot be read, and is written by every task.
#[derive(Debug, Clone)]
pub struct FolderTable {
    url: Url,
    schema: SchemaRef,
    partition_by: PartitionBy,
}

impl FolderTable {
    /// A folder for rows of this schema; its address ends in a slash.
    pub fn new(url: Url, schema: SchemaRef, partition_by: PartitionBy) -> Self {
        Self { url, schema, partition_by }
    }

    /// Address of the folder.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How rows are divided among files.
    pub fn partition_by(&self) -> &PartitionBy {
        &self.partition_by
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
        let store = state.runtime_env().object_store(ObjectStoreUrl::parse(&self.url[..url::Position::BeforePath])?)?;
        let failed = |error: lake::Error| DataFusionError::External(Box::new(error));
        // Said before the rows are computed; the commit looks again.
        Folder::with_store(self.url.clone(), store).map_err(failed)?.check_empty().await.map_err(failed)?;
        let target = WriteTarget {
            destination: Destination::Folder { url: self.url.clone() },
            write_id: Uuid::now_v7().to_string(),
            partitioning: self.partition_by.clone(),
        };
        let columns = Column::of_schema(&input.schema());
        let spec = CommitSpec { target, mode: WriteMode::Append, columns, options: WriteOptions::default() };
        Ok(parallel_write(input, spec))
    }
}
