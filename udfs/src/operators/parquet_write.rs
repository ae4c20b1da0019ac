//! Writes its input as Parquet files that nobody sees yet.

use std::{fmt, sync::Arc};

use arrow::record_batch::RecordBatch;
use datafusion::{
    common::tree_node::TreeNodeRecursion,
    error::Result,
    execution::{
        SendableRecordBatchStream, TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PlanProperties,
        execution_plan::EmissionType,
        metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet},
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use lake::PartWriter;

use super::write_target::{WriteTarget, report_schema, to_report};
use crate::failure::lake_failure;

/// Writes each partition of its input to files of its own and reports them.
///
/// ```text
/// partition i:  rows ──► _staging/<write_id>/part-<unique>.parquet … ──► one row per file
/// ```
///
/// Invariant: a file's name is used by one attempt of one task only, so attempts never touch each other's files.
#[derive(Debug)]
pub struct ParquetWriteExec {
    input: Arc<dyn ExecutionPlan>,
    target: WriteTarget,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ParquetWriteExec {
    /// Writes `input` to `target`.
    pub fn new(input: Arc<dyn ExecutionPlan>, target: WriteTarget) -> Self {
        let partitions = input.output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(report_schema()),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Final,
            input.boundedness(),
        );
        Self { input, target, properties: Arc::new(properties), metrics: ExecutionPlanMetricsSet::new() }
    }

    /// Where the files go.
    pub fn target(&self) -> &WriteTarget {
        &self.target
    }
}

impl DisplayAs for ParquetWriteExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ParquetWriteExec: {}", self.target.destination)
    }
}

impl ExecutionPlan for ParquetWriteExec {
    fn name(&self) -> &'static str {
        "ParquetWriteExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.input));
        Ok(Arc::new(Self::new(input, self.target.clone())))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let writer = PartitionWriter::try_new(self, partition, &context)?;
        let input = self.input.execute(partition, context)?;
        let report = stream::once(async move { writer.write_all(input).await })
            .try_filter(|report| std::future::ready(report.num_rows() > 0));
        Ok(Box::pin(RecordBatchStreamAdapter::new(report_schema(), report.boxed())))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

struct PartitionWriter {
    parts: PartWriter,
    memory: MemoryReservation,
    rows: Count,
    bytes: Count,
}

impl PartitionWriter {
    fn try_new(exec: &ParquetWriteExec, partition: usize, context: &TaskContext) -> Result<Self> {
        let target = &exec.target;
        Ok(Self {
            parts: target.open(context)?.parts(target, exec.input.schema())?,
            memory: MemoryConsumer::new(format!("ParquetWriteExec[{partition}]")).register(context.memory_pool()),
            rows: MetricBuilder::new(&exec.metrics).counter("rows_written", partition),
            bytes: MetricBuilder::new(&exec.metrics).counter("bytes_written", partition),
        })
    }

    async fn write_all(mut self, mut input: SendableRecordBatchStream) -> Result<RecordBatch> {
        while let Some(batch) = input.next().await {
            self.parts.write(&batch?).await.map_err(lake_failure)?;
            self.memory.try_resize(self.parts.memory_bytes())?;
        }
        let files = self.parts.finish().await.map_err(lake_failure)?;
        for file in &files {
            self.rows.add(usize::try_from(file.rows).unwrap_or(usize::MAX));
            self.bytes.add(usize::try_from(file.bytes).unwrap_or(usize::MAX));
        }
        to_report(&files)
    }
}
