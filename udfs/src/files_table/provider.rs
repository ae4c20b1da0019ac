//! The table provider.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{ScalarValue, Statistics, stats::Precision},
    datasource::{
        TableType,
        file_format::{FileFormat as _, parquet::ParquetFormat},
        listing::PartitionedFile,
        physical_plan::{FileGroup, FileScanConfigBuilder, FileSource, ParquetSource},
        source::DataSourceExec,
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreUrl,
    logical_expr::{Expr, TableProviderFilterPushDown},
    physical_plan::{ExecutionPlan, empty::EmptyExec, union::UnionExec},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{FileFormat, FileSet, ListedFile, RowSource, prune::prune};
use crate::{file_path::whole_file, operators::FoldedNamesExec};

/// What stands for NULL among the values of a partition.
const NULL_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";
/// Files whose numbers of rows are looked up for the planner.
const MOST_LOOKS: usize = 32;
const LOOKS_AT_ONCE: usize = 8;

/// Files as they were listed when the table's name was resolved, with the values of the partitions that they are in.
///
/// ```text
/// schema    columns of the files · keys of partitions · "$path", "$file_size", "$partition"
/// ```
///
/// What follows the keys tells of the file that a row is from. A name with `$` first is hidden: a query sees the column
/// only if it names it.
#[derive(Debug, Clone)]
pub struct FilesTable {
    schema: SchemaRef,
    parts: FilesTableParts,
}

/// What travels besides the schema.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FilesTableParts {
    /// Number of the columns that the files have.
    columns: usize,
    /// Number of the partition keys that follow them.
    keys: usize,
    /// Values of the keys, by partition.
    partitions: Vec<Vec<String>>,
    sets: Vec<FileSet>,
}

impl FilesTable {
    /// The columns that tell where a row is from.
    pub const HIDDEN: [&'static str; 3] = ["$path", "$file_size", "$partition"];

    /// A table of these columns and partition keys. A table without keys has one partition, without values.
    pub fn new(columns: &Schema, keys: &Schema, partitions: Vec<Vec<String>>, sets: Vec<FileSet>) -> Self {
        let mut fields: Vec<FieldRef> = columns.fields().iter().chain(keys.fields()).cloned().collect();
        let types = [DataType::Utf8, DataType::Int64, DataType::Utf8];
        fields.extend(Self::HIDDEN.iter().zip(types).map(|(name, of)| Arc::new(Field::new(*name, of, true))));
        let parts = FilesTableParts { columns: columns.fields().len(), keys: keys.fields().len(), partitions, sets };
        Self { schema: Arc::new(Schema::new(fields)), parts }
    }

    pub(crate) fn from_parts(schema: SchemaRef, parts: FilesTableParts) -> Self {
        Self { schema, parts }
    }

    pub(crate) fn parts(&self) -> &FilesTableParts {
        &self.parts
    }

    fn table_schema(&self) -> TableSchema {
        let fields = self.schema.fields();
        let (own, of_file) = fields.split_at(self.parts.columns.min(fields.len()));
        TableSchema::builder(Arc::new(Schema::new(own.to_vec()))).with_table_partition_cols(of_file.to_vec()).build()
    }

    /// The values of a file for the columns that it does not have itself.
    pub(super) fn values_of(&self, set: &FileSet, file: &ListedFile) -> Result<Vec<ScalarValue>> {
        let none = Vec::new();
        let values = self.parts.partitions.get(file.partition).unwrap_or(&none);
        let keys = self.schema.fields().iter().skip(self.parts.columns).take(self.parts.keys);
        let mut scalars = Vec::with_capacity(self.parts.keys + Self::HIDDEN.len());
        let mut folders = Vec::with_capacity(self.parts.keys);
        for (key, value) in keys.zip(values) {
            let scalar = if value == NULL_VALUE {
                ScalarValue::try_from(key.data_type())?
            } else {
                ScalarValue::from(value.as_str()).cast_to(key.data_type()).map_err(|_| {
                    DataFusionError::Execution(format!(
                        "HIVE_INVALID_PARTITION_VALUE: Invalid partition value '{value}' for {} partition key: {}",
                        key.data_type(),
                        key.name()
                    ))
                })?
            };
            folders.push(format!("{}={value}", key.name()));
            scalars.push(scalar);
        }
        scalars.push(ScalarValue::from(format!("{}/{}", set.store_url, file.path)));
        scalars.push(ScalarValue::Int64(i64::try_from(file.bytes).ok()));
        scalars.push(ScalarValue::from(folders.join("/")));
        Ok(scalars)
    }

    async fn scan_set(
        &self,
        state: &dyn Session,
        set: &FileSet,
        files: Vec<&ListedFile>,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let table_schema = self.table_schema();
        let source: Arc<dyn FileSource> = match &set.format {
            FileFormat::Parquet => Arc::new(
                ParquetSource::new(table_schema).with_table_parquet_options(state.table_options().parquet.clone()),
            ),
            FileFormat::Rows { rows, skipped_lines, compression } => {
                Arc::new(RowSource::new(table_schema, rows.clone(), *skipped_lines, *compression))
            }
        };
        let file = |file: &ListedFile| -> Result<PartitionedFile> {
            Ok(whole_file(&file.path, file.bytes)?.with_partition_values(self.values_of(set, file)?))
        };
        let store_url = ObjectStoreUrl::parse(&set.store_url)?;
        let all: Vec<PartitionedFile> = files.iter().map(|listed| file(listed)).collect::<Result<_>>()?;
        let statistics = self.statistics(state, set, &store_url, &all).await?;
        let config = FileScanConfigBuilder::new(store_url, source)
            .with_file_groups(groups(all, state.config().target_partitions()))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit);
        let config = match set.format {
            FileFormat::Parquet => FoldedNamesExec::told(config),
            FileFormat::Rows { .. } => config,
        };
        Ok(DataSourceExec::from_data_source(config.build()))
    }

    /// Size and, of a few files of Parquet, number of rows.
    async fn statistics(
        &self,
        state: &dyn Session,
        set: &FileSet,
        store_url: &ObjectStoreUrl,
        files: &[PartitionedFile],
    ) -> Result<Statistics> {
        let bytes: u64 = files.iter().map(|file| file.object_meta.size).sum();
        let mut statistics = Statistics::new_unknown(&self.schema);
        statistics.total_byte_size = Precision::Inexact(usize::try_from(bytes).unwrap_or(usize::MAX));
        if set.format != FileFormat::Parquet || files.len() > MOST_LOOKS || !state.config().collect_statistics() {
            return Ok(statistics);
        }
        let store = state.runtime_env().object_store(store_url)?;
        let nothing: SchemaRef = Arc::new(Schema::empty());
        let looks = files.iter().map(|file| {
            let (store, nothing) = (Arc::clone(&store), Arc::clone(&nothing));
            async move { ParquetFormat::default().infer_stats(state, &store, nothing, &file.object_meta).await }
        });
        let found: Vec<Statistics> =
            stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(LOOKS_AT_ONCE).try_collect().await?;
        statistics.num_rows = found.iter().fold(Precision::Exact(0), |rows, file| rows.add(&file.num_rows));
        Ok(statistics)
    }
}

/// Neighbours together, so that rows come in the order of the files.
fn groups(files: Vec<PartitionedFile>, most: usize) -> Vec<FileGroup> {
    let size = files.len().div_ceil(most.max(1)).max(1);
    files.chunks(size).map(|files| FileGroup::new(files.to_vec())).collect()
}

#[async_trait]
impl TableProvider for FilesTable {
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
        let of_file: Vec<FieldRef> = self.schema.fields().iter().skip(self.parts.columns).cloned().collect();
        let mut scans = Vec::new();
        for set in &self.parts.sets {
            let values = |file: &ListedFile| self.values_of(set, file);
            let files = prune(state, &of_file, &self.schema, &set.files, values, filters)?;
            if !files.is_empty() {
                scans.push(self.scan_set(state, set, files, projection, limit).await?);
            }
        }
        match scans.len() {
            0 => {
                let schema = match projection {
                    Some(columns) => Arc::new(self.schema.project(columns)?),
                    None => Arc::clone(&self.schema),
                };
                Ok(Arc::new(EmptyExec::new(schema)))
            }
            1 => Ok(scans.remove(0)),
            _ => UnionExec::try_new(scans),
        }
    }
}
