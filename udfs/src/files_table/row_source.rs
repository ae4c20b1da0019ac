//! The file source behind a scan of lines.

use std::{fmt, sync::Arc};

use datafusion::{
    common::tree_node::TreeNodeRecursion,
    datasource::{
        listing::PartitionedFile,
        physical_plan::{FileOpenFuture, FileOpener, FileScanConfig, FileSource},
        projection::{ProjectionOpener, SplitProjection},
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    physical_expr::{PhysicalExpr, projection::ProjectionExprs},
    physical_plan::{DisplayFormatType, metrics::ExecutionPlanMetricsSet},
};
use futures::{FutureExt, StreamExt};
use hive::{RowFormat, RowReader};
use object_store::ObjectStore;

use super::{
    FileCompression,
    lines::{LineOptions, lines},
};

/// Reads files of lines; those that are not compressed may be read in parts.
#[derive(Clone)]
pub struct RowSource {
    table_schema: TableSchema,
    rows: RowFormat,
    skipped_lines: u64,
    compression: FileCompression,
    projection: SplitProjection,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl RowSource {
    /// A source of all columns.
    pub fn new(table_schema: TableSchema, rows: RowFormat, skipped_lines: u64, compression: FileCompression) -> Self {
        Self {
            projection: SplitProjection::unprojected(&table_schema),
            table_schema,
            rows,
            skipped_lines,
            compression,
            batch_size: 8192,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    /// How rows stand in lines.
    pub(crate) fn rows(&self) -> &RowFormat {
        &self.rows
    }

    /// Lines at the beginning of each file that are no rows.
    pub(crate) fn skipped_lines(&self) -> u64 {
        self.skipped_lines
    }

    /// How files are compressed.
    pub(crate) fn compression(&self) -> FileCompression {
        self.compression
    }
}

impl fmt::Debug for RowSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RowSource").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl FileSource for RowSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        _config: &FileScanConfig,
        _partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let opener: Arc<dyn FileOpener> = Arc::new(RowOpener { store, source: self.clone() });
        ProjectionOpener::try_new(self.projection.clone(), opener, self.table_schema.file_schema())
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_size, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let merged = self.projection.source.try_merge(projection)?;
        let projection = SplitProjection::new(self.table_schema.file_schema(), &merged);
        Ok(Some(Arc::new(Self { projection, ..self.clone() })))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "hive_rows"
    }

    fn fmt_extra(&self, _type: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.rows {
            RowFormat::Text(_) => "text",
            RowFormat::Csv(_) => "csv",
            RowFormat::Json(_) => "json",
        };
        write!(formatter, ", rows={format}")
    }

    fn supports_repartitioning(&self) -> bool {
        self.compression == FileCompression::None
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        datafusion::physical_plan::apply_expression_roots(self.projection.source.iter(), f)
    }
}

struct RowOpener {
    store: Arc<dyn ObjectStore>,
    source: RowSource,
}

impl FileOpener for RowOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let schema = self.source.table_schema.file_schema();
        let reader = RowReader::try_new(&self.source.rows, schema, &self.source.projection.file_indices)
            .map_err(|error| DataFusionError::NotImplemented(error.to_string()))?;
        let bound = |offset: i64| u64::try_from(offset).unwrap_or_default();
        let options = LineOptions {
            path: file.object_meta.location,
            bytes: file.object_meta.size,
            range: file.range.map(|range| bound(range.start)..bound(range.end)),
            compression: self.source.compression,
            skipped_lines: self.source.skipped_lines,
            batch_rows: self.source.batch_size,
        };
        let store = Arc::clone(&self.store);
        Ok(async move { Ok(lines(store, options, reader)?.boxed()) }.boxed())
    }
}
