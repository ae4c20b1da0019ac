//! The file source behind a scan of raw slices.

use std::{fmt, sync::Arc};

use arrow::datatypes::SchemaRef;
use datafusion::{
    common::tree_node::TreeNodeRecursion,
    datasource::{
        physical_plan::{FileOpener, FileScanConfig, FileSource},
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    physical_expr::{PhysicalExpr, expressions::Column, projection::ProjectionExprs},
    physical_plan::{DisplayFormatType, metrics::ExecutionPlanMetricsSet},
};
use object_store::ObjectStore;

use super::{opener::SliceOpener, spec::ScanSpec};

/// Reads raw slices: one file is one indivisible unit, columns are built only when they are projected.
///
/// ```text
/// partition i:  file → chunks → playlists → batches of about 4 k tracks
/// ```
///
/// Invariant: every file of a partition's group is read once, from its first byte to its last.
#[derive(Clone)]
pub struct SliceSource {
    spec: ScanSpec,
    table_schema: TableSchema,
    projection: ProjectionExprs,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl SliceSource {
    /// A source of all columns.
    ///
    /// # Errors
    /// A plan error if the spec names a track field that does not exist.
    pub fn try_new(spec: ScanSpec) -> Result<Self> {
        let schema = spec.schema()?;
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        Ok(Self {
            projection: ProjectionExprs::from_indices(&all, &schema),
            table_schema: TableSchema::from(schema),
            spec,
            batch_size: 8192,
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// What the scan yields and does.
    pub fn spec(&self) -> &ScanSpec {
        &self.spec
    }

    /// The projected columns as (index in the table's schema, name in the output).
    pub(crate) fn projected_columns(&self) -> Result<Vec<(usize, String)>> {
        let plain = |expr: &Arc<dyn PhysicalExpr>| expr.downcast_ref::<Column>().map(Column::index);
        self.projection
            .iter()
            .map(|projected| match plain(&projected.expr) {
                Some(index) => Ok((index, projected.alias.clone())),
                None => Err(DataFusionError::Internal("a scan of slices projects columns only".to_owned())),
            })
            .collect()
    }

    /// Schema of the columns to build; their output names are set by the scan's own projected schema.
    fn built_schema(&self) -> Result<SchemaRef> {
        let indices: Vec<usize> = self.projected_columns()?.into_iter().map(|(index, _)| index).collect();
        Ok(Arc::new(self.table_schema.file_schema().project(&indices)?))
    }
}

impl fmt::Debug for SliceSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SliceSource").field("spec", &self.spec).finish_non_exhaustive()
    }
}

impl FileSource for SliceSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        _config: &FileScanConfig,
        _partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let (spec, schema) = (self.spec.clone(), self.built_schema()?);
        Ok(Arc::new(SliceOpener { store, spec, schema, batch_size: self.batch_size }))
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_size, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let merged = self.projection.try_merge(projection)?;
        // Renamed or computed columns stay in a projection above the scan.
        let schema = self.table_schema.file_schema();
        let keeps_name = |expr: &Column, alias: &str| schema.field(expr.index()).name() == alias;
        let plain = merged
            .iter()
            .all(|item| item.expr.downcast_ref::<Column>().is_some_and(|column| keeps_name(column, &item.alias)));
        Ok(plain.then(|| Arc::new(Self { projection: merged, ..self.clone() }) as _))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "mpd_slice"
    }

    fn fmt_extra(&self, _type: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, ", content={:?}, bad_input={:?}", self.spec.content, self.spec.bad_input)?;
        match &self.spec.track_fields {
            Some(fields) => {
                let names: Vec<&str> = fields.iter().map(String::as_str).collect();
                write!(formatter, ", track_fields=[{}]", names.join(", "))
            }
            None => Ok(()),
        }
    }

    fn supports_repartitioning(&self) -> bool {
        false
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        datafusion::physical_plan::apply_expression_roots(self.projection.iter(), f)
    }
}
