//! Encodes groups in every task, before they are shuffled.

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
        execution_plan::EmissionType, stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{encoded::encoded_schema, encoder::Encoder};

/// Encodes each partition of (group, item[, position]) rows.
///
/// ```text
/// partition i:  rows ──► runs of item numbers …, dictionary
/// ```
///
/// Invariant: the runs and the dictionary that carry one encoder's id say together what rows came in.
#[derive(Debug)]
pub struct CooccurrenceEncodeExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl CooccurrenceEncodeExec {
    /// Encodes `input`, whose columns are group, item and, if there is one, position.
    ///
    /// # Errors
    /// An internal error if there are other columns.
    pub fn try_new(input: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let schema = input.schema();
        if !(2..=3).contains(&schema.fields().len()) {
            return datafusion::common::internal_err!("CooccurrenceEncodeExec got {} columns", schema.fields().len());
        }
        let properties = PlanProperties::new(
            EquivalenceProperties::new(encoded_schema(schema.field(0).data_type(), schema.field(1).data_type())),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            EmissionType::Incremental,
            input.boundedness(),
        );
        Ok(Self { input, properties: Arc::new(properties) })
    }
}

impl DisplayAs for CooccurrenceEncodeExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.input.schema().fields().iter().map(|field| field.name().clone()).collect();
        write!(formatter, "CooccurrenceEncodeExec: {}", names.join(", "))
    }
}

impl ExecutionPlan for CooccurrenceEncodeExec {
    fn name(&self) -> &'static str {
        "CooccurrenceEncodeExec"
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
        Ok(Arc::new(Self::try_new(input)?))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let schema = self.input.schema();
        let fields = schema.fields();
        let memory =
            MemoryConsumer::new(format!("CooccurrenceEncodeExec[{partition}]")).register(context.memory_pool());
        let encoding = Encoding {
            encoder: Encoder::try_new(fields[0].data_type(), fields[1].data_type(), fields.len() > 2)?,
            memory,
            input: Some(self.input.execute(partition, context)?),
        };
        let batches = stream::try_unfold(encoding, Encoding::next).map_ok(stream_of).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches.boxed())))
    }
}

fn stream_of(batches: Vec<RecordBatch>) -> impl futures::Stream<Item = Result<RecordBatch>> {
    stream::iter(batches.into_iter().map(Ok))
}

/// One partition on its way.
struct Encoding {
    encoder: Encoder,
    memory: MemoryReservation,
    input: Option<SendableRecordBatchStream>,
}

impl Encoding {
    async fn next(mut self) -> Result<Option<(Vec<RecordBatch>, Self)>> {
        let Some(input) = &mut self.input else { return Ok(None) };
        let Some(batch) = input.next().await.transpose()? else {
            self.input = None;
            return Ok(Some((self.encoder.finish()?, self)));
        };
        let columns = batch.columns();
        let mut encoded: Vec<RecordBatch> =
            self.encoder.encode(&columns[0], &columns[1], columns.get(2))?.into_iter().collect();
        // Without room for more, the dictionary goes on its way and a new one is begun.
        if self.memory.try_resize(self.encoder.memory_bytes()).is_err() {
            encoded.extend(self.encoder.finish()?);
            self.memory.free();
        }
        Ok(Some((encoded, self)))
    }
}
