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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use arrow::util::pretty::pretty_format_batches;
    use datafusion::{
        physical_plan::{collect, displayable},
        prelude::{CsvReadOptions, SessionContext},
    };
    use datafusion_proto::bytes::{
        physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
    };

    use super::*;
    use crate::{codec::SeguePhysicalCodec, session};

    #[tokio::test]
    async fn compressed_text_is_read_after_it_has_travelled() {
        let folder = tempfile::TempDir::new().unwrap();
        for number in 0..3 {
            let file = std::fs::File::create(folder.path().join(format!("part-{number}.csv.gz"))).unwrap();
            let mut file = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            for row in 0..1000 {
                writeln!(file, "{number},{row}").unwrap();
            }
            file.finish().unwrap();
        }
        let config = session::session_config(&session::EngineOptions::default());
        let runtime = session::runtime_env(Arc::default(), None).unwrap();
        let context = SessionContext::new_with_state(session::session_state(config, runtime).unwrap());
        let options = CsvReadOptions::new()
            .has_header(false)
            .file_extension(".csv.gz")
            .file_compression_type(FileCompressionType::GZIP);
        let path = folder.path().display().to_string();
        let frame = context.read_csv(path, options).await.unwrap();
        context.register_table("text", frame.into_view()).unwrap();
        let sql = "SELECT column_1, count(*) AS n, sum(column_2) AS s FROM text GROUP BY column_1 ORDER BY column_1";
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let shown = displayable(plan.as_ref()).indent(false).to_string();
        assert!(shown.contains("CompressedScanExec: GZIP"), "{shown}");
        let codec = SeguePhysicalCodec::default();
        let bytes = physical_plan_to_bytes_with_extension_codec(plan, &codec).unwrap();
        let plan = physical_plan_from_bytes_with_extension_codec(&bytes, &context.task_ctx(), &codec).unwrap();
        let rows = pretty_format_batches(&collect(plan, context.task_ctx()).await.unwrap()).unwrap().to_string();
        // 0 + 1 + … + 999
        let expected: Vec<String> = (0..3).map(|number| format!("| {number}        | 1000 | 499500 |")).collect();
        assert_eq!(rows.lines().skip(3).take(3).collect::<Vec<_>>(), expected);
    }
}
