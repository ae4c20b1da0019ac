//! Makes the files of all writing tasks visible at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, UInt64Array},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    common::tree_node::TreeNodeRecursion,
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, Distribution, ExecutionPlan, Partitioning, PlanProperties,
        execution_plan::{Boundedness, EmissionType},
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{TryStreamExt, stream};
use lake::{Column, CommitRequest, DataFile, PartitionBy, PartitionValues, WriteMode};
use serde::{Deserialize, Serialize};

use super::write_target::{Opened, WriteTarget, from_report};
use crate::failure::lake_failure;

/// What is committed, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommitSpec {
    /// The table and the write.
    pub target: WriteTarget,
    /// Whether the rows replace those that are there.
    pub mode: WriteMode,
    /// Columns of the rows.
    pub columns: Vec<Column>,
    /// What the write does beyond that.
    #[serde(default)]
    pub options: WriteOptions,
}

/// What a write to a table of the lake may be told beyond what SQL has words for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOptions {
    /// Whether a table without a row is refused.
    pub refuse_empty: bool,
    /// Versions of the lake's tables that the rows are computed from, for the manifest.
    pub inputs: BTreeMap<String, u64>,
    /// How rows are divided among files.
    pub partitioning: PartitionBy,
    /// If given, only these partitions, and those that have rows, are replaced.
    pub replaced: Option<BTreeSet<PartitionValues>>,
    /// If given, the write gets this id and is held as a candidate, which its owner looks at and then promotes.
    #[serde(default)]
    pub candidate: Option<String>,
}

/// Commits the files that [`ParquetWriteExec`](super::ParquetWriteExec) reports, and yields the number of rows.
///
/// ```text
/// files of every task ──► data/<write_id>/…, then _commits/<version>.json ──► (count)
/// ```
///
/// Invariant: the first commit of a write wins; a second attempt yields the same count and changes nothing.
#[derive(Debug)]
pub struct CommitExec {
    input: Arc<dyn ExecutionPlan>,
    spec: CommitSpec,
    properties: Arc<PlanProperties>,
}

impl CommitExec {
    /// Commits the files reported by `input`, which must have one partition.
    pub fn new(input: Arc<dyn ExecutionPlan>, spec: CommitSpec) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(count_schema()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Self { input, spec, properties: Arc::new(properties) }
    }

    /// What is committed.
    pub fn spec(&self) -> &CommitSpec {
        &self.spec
    }
}

/// The schema that DataFusion expects of every insert.
fn count_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("count", DataType::UInt64, false)]))
}

impl DisplayAs for CommitExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CommitExec: {}, mode={:?}", self.spec.target.destination, self.spec.mode)
    }
}

impl ExecutionPlan for CommitExec {
    fn name(&self) -> &'static str {
        "CommitExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn required_input_distribution(&self) -> Vec<Distribution> {
        vec![Distribution::SinglePartition]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.input));
        Ok(Arc::new(Self::new(input, self.spec.clone())))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if partition != 0 {
            return Err(DataFusionError::Internal(format!("CommitExec has one partition, asked for {partition}")));
        }
        let destination = self.spec.target.open(&context)?;
        let spec = self.spec.clone();
        let reports = self.input.execute(0, context)?;
        let counted = stream::once(async move {
            let reports: Vec<RecordBatch> = reports.try_collect().await?;
            let rows = commit(&destination, spec, &reports).await?;
            let count: ArrayRef = Arc::new(UInt64Array::from(vec![rows]));
            Ok(RecordBatch::try_new(count_schema(), vec![count])?)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(count_schema(), counted)))
    }
}

/// Commits the reported files and returns how many rows they have.
async fn commit(destination: &Opened, spec: CommitSpec, reports: &[RecordBatch]) -> Result<u64> {
    let files: Result<Vec<Vec<DataFile>>> = reports.iter().map(from_report).collect();
    let files = files?.concat();
    let rows = |files: &[DataFile]| files.iter().map(|file| file.rows).sum();
    match destination {
        Opened::Folder(folder) => {
            let files = folder.commit(&spec.target.write_id, &files).await.map_err(lake_failure)?;
            Ok(rows(&files))
        }
        Opened::Delivery(delivery) => {
            let files = delivery.fix_files(&files).await.map_err(lake_failure)?;
            Ok(rows(&files))
        }
        Opened::Table(table) => {
            let schema = Column::to_schema(&spec.columns).map_err(lake_failure)?;
            let request = CommitRequest {
                replaced: spec.options.replaced.unwrap_or_default(),
                inputs: spec.options.inputs,
                allow_empty: !spec.options.refuse_empty,
                ..CommitRequest::new(spec.target.write_id, spec.mode, schema, files)
            };
            if spec.options.candidate.is_some() {
                return Ok(table.hold(request).await.map_err(lake_failure)?.rows());
            }
            let manifest = table.commit(request).await.map_err(lake_failure)?;
            // Without the rows that stayed.
            let own = manifest.files.iter().filter(|file| file.write_id() == manifest.write_id);
            Ok(own.map(|file| file.rows).sum())
        }
    }
}
