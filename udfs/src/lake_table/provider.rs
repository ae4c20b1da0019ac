//! A table of the lake as a table provider.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::not_impl_err,
    datasource::{
        TableType,
        physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource},
        source::DataSourceExec,
    },
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreUrl,
    logical_expr::{Expr, TableProviderFilterPushDown, dml::InsertOp},
    physical_plan::ExecutionPlan,
};
use lake::{Column, DataFile, Lake, PartitionBy, PartitionValues, Snapshot, WriteMode};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::file_statistics;
use crate::{
    file_path::whole_file,
    operators::{CommitSpec, Destination, WriteOptions, WriteTarget, parallel_write},
};

/// The rows that reads of a table see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// None; the table is only written.
    Nothing,
    /// Those of a version.
    Version(u64),
    /// Those that the table would have with a candidate.
    Preview {
        /// Id of the write.
        write_id: String,
    },
    /// Those that a candidate brings.
    Written {
        /// Id of the write.
        write_id: String,
    },
}

/// A table of the lake, pinned to one version for reading.
///
/// The version is chosen where the name is resolved and travels with the plan, so a query sees one state of the table
/// however long it runs.
#[derive(Debug, Clone)]
pub struct LakeTable {
    lake_url: Url,
    name: String,
    schema: SchemaRef,
    reading: Reading,
    write: WriteOptions,
}

impl LakeTable {
    /// The table as of a snapshot.
    pub fn of_snapshot(snapshot: &Snapshot) -> Self {
        let table = snapshot.table();
        Self {
            lake_url: table.lake().url().clone(),
            name: table.name().to_owned(),
            schema: Arc::clone(snapshot.schema()),
            reading: Reading::Version(snapshot.version()),
            write: WriteOptions::default(),
        }
    }

    /// A table to be written with rows of this schema, whether or not it exists.
    pub fn target(lake: &Lake, name: &str, schema: SchemaRef) -> Self {
        Self {
            lake_url: lake.url().clone(),
            name: name.to_owned(),
            schema,
            reading: Reading::Nothing,
            write: WriteOptions::default(),
        }
    }

    /// The same table with other rows.
    #[must_use]
    pub fn reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// The same table, whose next write gets this id and waits as a candidate.
    #[must_use]
    pub fn held_as(mut self, write_id: impl Into<String>) -> Self {
        self.write.candidate = Some(write_id.into());
        self
    }

    /// The same table, of which a write that would leave no row is refused.
    #[must_use]
    pub fn refusing_empty(mut self) -> Self {
        self.write.refuse_empty = true;
        self
    }

    /// The same table, whose next version notes that it was computed from these versions of other tables.
    #[must_use]
    pub fn with_inputs(mut self, inputs: BTreeMap<String, u64>) -> Self {
        self.write.inputs = inputs;
        self
    }

    /// The same table, whose rows are divided by the values of columns. Given partitions, a write replaces only these
    /// and those that it has rows of.
    #[must_use]
    pub fn divided(mut self, partitioning: PartitionBy, replaced: Option<BTreeSet<PartitionValues>>) -> Self {
        self.write.partitioning = partitioning;
        self.write.replaced = replaced;
        self
    }

    /// Rebuilds a table from its parts.
    pub(crate) fn from_parts(
        lake_url: Url,
        name: String,
        schema: SchemaRef,
        reading: Reading,
        write: WriteOptions,
    ) -> Self {
        Self { lake_url, name, schema, reading, write }
    }

    /// What writes to the table are told.
    pub fn write_options(&self) -> &WriteOptions {
        &self.write
    }

    /// Address of the lake.
    pub fn lake_url(&self) -> &Url {
        &self.lake_url
    }

    /// Name of the table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What reads see.
    pub fn reads(&self) -> &Reading {
        &self.reading
    }

    /// Version that reads see, if it is one.
    pub fn version(&self) -> Option<u64> {
        match self.reading {
            Reading::Version(version) => Some(version),
            _ => None,
        }
    }

    async fn files(&self, table: &lake::Table) -> Result<Vec<DataFile>> {
        let files = match &self.reading {
            Reading::Nothing => {
                return Err(DataFusionError::Plan(format!("table `{}` is only being written", self.name)));
            }
            Reading::Version(version) => table.manifest(*version).await.map(|manifest| manifest.files),
            Reading::Preview { write_id } => {
                table.preview(write_id).await.map(|snapshot| snapshot.manifest().files.clone())
            }
            Reading::Written { write_id } => {
                table.candidate(write_id).await.map(|candidate| candidate.files().to_vec())
            }
        };
        files.map_err(lake_error)
    }

    fn store_url(&self) -> Result<ObjectStoreUrl> {
        ObjectStoreUrl::parse(&self.lake_url[..url::Position::BeforePath])
    }

    fn table(&self, state: &dyn Session) -> Result<lake::Table> {
        let store = state.runtime_env().object_store(self.store_url()?)?;
        let lake = Lake::with_store(self.lake_url.clone(), store).map_err(lake_error)?;
        lake.table(&self.name).map_err(lake_error)
    }
}

/// Planning runs on the scheduler, where a failure is the user's to see at once.
fn lake_error(error: lake::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// A filter chooses files; the rows of these are filtered above the scan.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let table = self.table(state)?;
        let files = file_statistics::prune(state, self.files(&table).await?, &self.schema, filters)?;
        let config =
            FileScanConfigBuilder::new(self.store_url()?, Arc::new(ParquetSource::new(Arc::clone(&self.schema))))
                .with_file_groups(file_groups(&table, &files, state.config().target_partitions())?)
                .with_statistics(file_statistics::of_files(&files, &self.schema)?)
                .with_projection_indices(projection.cloned())?
                .with_limit(limit)
                .build();
        Ok(DataSourceExec::from_data_source(config))
    }

    async fn insert_into(
        &self,
        _state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mode = match op {
            InsertOp::Overwrite if self.write.replaced.is_some() => WriteMode::ReplacePartitions,
            InsertOp::Overwrite => WriteMode::Overwrite,
            InsertOp::Append => WriteMode::Append,
            InsertOp::Replace => return not_impl_err!("REPLACE INTO a table of the lake; use INSERT OVERWRITE"),
        };
        let destination = Destination::Table { lake_url: self.lake_url.clone(), table: self.name.clone() };
        let write_id = self.write.candidate.clone().unwrap_or_else(|| Uuid::now_v7().to_string());
        let target =
            WriteTarget { partitioning: self.write.partitioning.clone(), ..WriteTarget::new(destination, write_id) };
        let columns = Column::of_schema(&input.schema());
        Ok(parallel_write(input, CommitSpec { target, mode, columns, options: self.write.clone() }))
    }
}

fn file_groups(table: &lake::Table, files: &[DataFile], partitions: usize) -> Result<Vec<FileGroup>> {
    let partitions = partitions.clamp(1, files.len().max(1));
    let mut groups = vec![FileGroup::new(Vec::new()); partitions];
    for (index, file) in files.iter().enumerate() {
        groups[index % partitions].push(whole_file(table.path(&file.path).as_ref(), file.bytes)?);
    }
    Ok(groups)
}
