//! A scan of compressed text that stays one on its way to executors.

use std::{fmt, sync::Arc};

use datafusion::{
    common::{
        parsers::CompressionTypeVariant,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    datasource::{
        file_format::file_compression_type::FileCompressionType,
        physical_plan::{FileScanConfig, FileScanConfigBuilder},
        source::DataSourceExec,
    },
    error::Result,
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::PhysicalExpr,
    physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties},
};

/// Names the compression of the scan below it.
///
/// ```text
/// partition i:  CompressedScanExec ◄── DataSourceExec (CSV or JSON)
/// ```
///
/// Invariant: all scans below it read their files with this compression. `DataFusion`'s form of a scan on the wire has no
/// place for the compression, so a scan that arrives is made one of compressed files again. Ballista replaces the scan by
/// one of a task's files, by none, or puts a collecting operator between.
#[derive(Debug)]
pub struct CompressedScanExec {
    scan: Arc<dyn ExecutionPlan>,
    compression: CompressionTypeVariant,
}

impl CompressedScanExec {
    /// A plan whose scans read their files with this compression, whatever they did before.
    ///
    /// # Errors
    /// A `DataFusion` error if the plan cannot be made anew.
    pub fn try_new(plan: &Arc<dyn ExecutionPlan>, compression: CompressionTypeVariant) -> Result<Self> {
        let scan = Arc::clone(plan).transform_up(|node| {
            let Some(config) = files_of(node.as_ref()) else { return Ok(Transformed::no(node)) };
            let config = FileScanConfigBuilder::from(config.clone())
                .with_file_compression_type(FileCompressionType::from(compression))
                .build();
            Ok(Transformed::yes(DataSourceExec::from_data_source(config) as Arc<dyn ExecutionPlan>))
        });
        Ok(Self { scan: scan?.data, compression })
    }

    /// The same plan as one that may travel, if it is a scan of compressed files.
    ///
    /// # Errors
    /// As [`Self::try_new`].
    pub fn of_scan(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Self>> {
        match files_of(plan.as_ref()).map(|files| files.file_compression_type) {
            Some(compression) if compression.is_compressed() => {
                Self::try_new(plan, *compression.get_variant()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// How the files are compressed.
    pub fn compression(&self) -> CompressionTypeVariant {
        self.compression
    }
}

fn files_of(plan: &dyn ExecutionPlan) -> Option<&FileScanConfig> {
    let source: &dyn std::any::Any = plan.downcast_ref::<DataSourceExec>()?.data_source().as_ref();
    source.downcast_ref::<FileScanConfig>()
}

impl DisplayAs for CompressedScanExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CompressedScanExec: {}", self.compression)
    }
}

impl ExecutionPlan for CompressedScanExec {
    fn name(&self) -> &'static str {
        "CompressedScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.scan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.scan]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match children.first() {
            Some(scan) => Ok(Arc::new(Self::try_new(scan, self.compression)?)),
            None => Ok(self),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.scan.execute(partition, context)
    }
}
