//! Counts the neighbours of a share of the items.

use std::{collections::BTreeSet, fmt, sync::Arc};

use ::cooccurrence::{Block, Counter, Division, Incidence, Neighbours, Options};
use arrow::{
    array::AsArray,
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt32Type},
    record_batch::RecordBatch,
};
use datafusion::{
    common::{internal_err, tree_node::TreeNodeRecursion},
    error::Result,
    execution::{
        SendableRecordBatchStream, TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, Distribution, ExecutionPlan, ExecutionPlanProperties,
        InputDistributionRequirements, Partitioning, PlanProperties,
        execution_plan::{Boundedness, EmissionType},
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{
    collect::{Collected, Collector, Groups, entries_in},
    encoded::{GROUP, ITEM},
    shared::{Build, Share},
};
use crate::functions::cooccurrence::{neighbour_fields, neighbour_rows};

/// Memory of the passes of one task, if not all groups fit: at most, and what they take whatever the limit is.
const MOST_PASS_BYTES: usize = 1 << 33;
const LEAST_PASS_BYTES: usize = 1 << 20;

/// What is counted, and by how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CooccurrenceSpec {
    /// Options of the call.
    pub options: Options,
    /// Fields of the neighbours; all of them, if none are named.
    pub fields: Option<BTreeSet<String>>,
    /// Shares into which the items are divided.
    pub parts: u32,
    /// Names the query, so that its tasks in one process share what they collect.
    pub query_id: String,
}

/// Counts the neighbours of the shares that the right input names, against all groups of the left one.
///
/// ```text
/// left, all of it: encoded groups ─┐
/// right i: numbers of shares ──────┴─► neighbours of the items of these shares
/// ```
///
/// Invariant: each item is of exactly one share, so that whichever way shares are dealt to tasks, its neighbours come
/// once.
#[derive(Debug)]
pub struct CooccurrenceExec {
    groups: Arc<dyn ExecutionPlan>,
    shares: Arc<dyn ExecutionPlan>,
    spec: CooccurrenceSpec,
    properties: Arc<PlanProperties>,
}

impl CooccurrenceExec {
    /// Counts encoded `groups`, divided as `shares` say.
    ///
    /// # Errors
    /// An internal error if the groups are not encoded.
    pub fn try_new(
        groups: Arc<dyn ExecutionPlan>,
        shares: Arc<dyn ExecutionPlan>,
        spec: CooccurrenceSpec,
    ) -> Result<Self> {
        let schema = groups.schema();
        let Some(item) = schema.fields().get(ITEM) else {
            return internal_err!("CooccurrenceExec got groups that are not encoded");
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(output_schema(item.data_type(), spec.fields.as_ref())),
            Partitioning::UnknownPartitioning(shares.output_partitioning().partition_count()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self { groups, shares, spec, properties: Arc::new(properties) })
    }

    /// What is counted.
    pub fn spec(&self) -> &CooccurrenceSpec {
        &self.spec
    }
}

/// One column of neighbours, with all their fields or some.
pub(crate) fn output_schema(item: &DataType, named: Option<&BTreeSet<String>>) -> SchemaRef {
    let is_made = |field: &&FieldRef| named.is_none_or(|named| named.contains(field.name()));
    let fields = neighbour_fields(item).iter().filter(is_made).cloned().collect();
    Arc::new(Schema::new(vec![Field::new("neighbour", DataType::Struct(fields), true)]))
}

impl DisplayAs for CooccurrenceExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { k, min_count, rank_by, .. } = &self.spec.options;
        write!(formatter, "CooccurrenceExec: k={k}, min_count={min_count}, rank_by={}", rank_by.name())?;
        if let Some(fields) = &self.spec.fields {
            write!(formatter, ", fields=[{}]", fields.iter().map(String::as_str).collect::<Vec<_>>().join(", "))?;
        }
        write!(formatter, ", shares={}", self.spec.parts)
    }
}

impl ExecutionPlan for CooccurrenceExec {
    fn name(&self) -> &'static str {
        "CooccurrenceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.groups, &self.shares]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        // A task reads all groups, whatever its shares: Ballista leaves an input that is wanted whole uncut.
        InputDistributionRequirements::new(vec![Distribution::SinglePartition, Distribution::UnspecifiedDistribution])
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false, false]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [groups, shares] = children.as_slice() else {
            return internal_err!("CooccurrenceExec has two inputs, got {}", children.len());
        };
        Ok(Arc::new(Self::try_new(Arc::clone(groups), Arc::clone(shares), self.spec.clone())?))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let task = Task {
            groups: Arc::clone(&self.groups),
            spec: self.spec.clone(),
            context: Arc::clone(&context),
            partition,
            partitions: self.shares.output_partitioning().partition_count(),
        };
        let shares = self.shares.execute(partition, context)?;
        let rows = stream::once(task.start(shares)).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows.boxed())))
    }
}

/// One partition before it begins.
struct Task {
    groups: Arc<dyn ExecutionPlan>,
    spec: CooccurrenceSpec,
    context: Arc<TaskContext>,
    partition: usize,
    partitions: usize,
}

impl Task {
    async fn start(
        self,
        shares: SendableRecordBatchStream,
    ) -> Result<impl futures::Stream<Item = Result<RecordBatch>>> {
        let shares: Vec<RecordBatch> = shares.try_collect().await?;
        let share = Share::of(self.spec.query_id.clone());
        let build = share.get_or_try_init(self.build()).await?;
        let collected = &build.collected;
        let parts = self.spec.parts as usize;
        let division = Division::new(collected.numbering.costs(), parts, self.spec.options.k);
        let parts_here = shares.iter().flat_map(|batch| batch.column(0).as_primitive::<UInt32Type>().values().iter());
        let blocks: Vec<Block> = parts_here.flat_map(|part| division.of_part(*part as usize, parts)).collect();
        let memory = MemoryConsumer::new(format!("CooccurrenceExec[{}]", self.partition));
        let memory = memory.register(self.context.memory_pool());
        if !blocks.is_empty() {
            // What counting cannot do without, whatever the limit is.
            memory.grow(Counter::most_memory_bytes(collected.numbering.item_count()));
            if let Groups::Parts(parts) = &collected.groups {
                memory.grow(parts.pass_bytes());
            }
        }
        let counter = Counter::new(&self.spec.options);
        let schema = output_schema(collected.values.data_type(), self.spec.fields.as_ref());
        let options = self.spec.options;
        let counting =
            Counting { build, counter, options, blocks, pass: None, next: 0, schema, _share: share, _memory: memory };
        Ok(stream::iter(counting))
    }

    /// Reads all groups, and leaves on disk what there is no room for.
    async fn build(&self) -> Result<Build> {
        let schema = self.groups.schema();
        let options = &self.spec.options;
        let mut collector = Collector::try_new(schema.field(GROUP).data_type(), schema.field(ITEM).data_type())?;
        let memory = MemoryConsumer::new("CooccurrenceExec groups").with_can_spill(true);
        let memory = memory.register(self.context.memory_pool());
        let mut groups = self.groups.execute(0, Arc::clone(&self.context))?;
        let mut is_spilled = false;
        while let Some(batch) = groups.next().await.transpose()? {
            collector.push(&batch)?;
            if memory.try_resize(collector.memory_bytes()).is_err() {
                collector.spill(&self.context)?;
                is_spilled = true;
                memory.resize(collector.memory_bytes());
            }
        }
        let collected = if !is_spilled && memory.try_grow(collector.whole_bytes()).is_ok() {
            collector.whole(options, self.threads())?
        } else {
            collector.spill(&self.context)?;
            memory.resize(collector.memory_bytes());
            let most_entries = self.room(&memory);
            collector.in_parts(options, most_entries)?
        };
        memory.resize(collected.memory_bytes());
        Ok(Build { collected, _memory: memory })
    }

    /// Threads that put the groups together: the tasks that wait for them lend theirs.
    fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from).min(self.partitions).max(1)
    }

    /// Entries that each of this task's partitions can hold at a time, of what the pool still has.
    fn room(&self, memory: &MemoryReservation) -> u64 {
        let probe = memory.new_empty();
        let mut bytes = MOST_PASS_BYTES;
        while bytes > LEAST_PASS_BYTES && probe.try_resize(bytes).is_err() {
            bytes /= 2;
        }
        let partitions = self.partitions.max(1);
        entries_in(bytes / partitions)
    }
}

/// One partition on its way: a batch of neighbours for each block of items.
struct Counting {
    build: Arc<Build>,
    counter: Counter,
    options: Options,
    blocks: Vec<Block>,
    /// Groups of the blocks before `pass.1`, if there is only room for those.
    pass: Option<(Incidence, usize)>,
    next: usize,
    schema: SchemaRef,
    _share: Share,
    _memory: MemoryReservation,
}

impl Counting {
    /// The neighbours of the next block that has any.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let Collected { numbering, values, groups } = &self.build.collected;
        let mut found = Neighbours::default();
        while found.is_empty() {
            let Some(block) = self.blocks.get(self.next) else { return Ok(None) };
            let incidence = match groups {
                Groups::Whole(incidence) => incidence,
                Groups::Parts(parts) => {
                    if self.pass.as_ref().is_none_or(|(_, end)| *end <= self.next) {
                        self.pass = None;
                        let blocks = parts.pass(&self.blocks[self.next..]);
                        let incidence = parts.incidence(blocks, numbering, &self.options)?;
                        self.pass = Some((incidence, self.next + blocks.len()));
                    }
                    match &self.pass {
                        Some((incidence, _)) => incidence,
                        None => return internal_err!("a pass has no groups"),
                    }
                }
            };
            self.counter.count(incidence, block, &mut found);
            self.next += 1;
        }
        let DataType::Struct(fields) = self.schema.field(0).data_type() else {
            return internal_err!("neighbours are structs");
        };
        let rows = neighbour_rows(found, numbering, values, fields)?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), vec![Arc::new(rows)])?))
    }
}

impl Iterator for Counting {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}
