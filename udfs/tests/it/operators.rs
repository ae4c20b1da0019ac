//! The contract of the operators of the write.

use std::sync::Arc;

use arrow::{
    array::{Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    datasource::memory::MemorySourceConfig,
    error::DataFusionError,
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{
        ChildrenPropertiesMode, ExecutionPlan, ReplaceChildrenOptions,
        coalesce_partitions::CoalescePartitionsExec,
        collect, displayable,
        stream::RecordBatchStreamAdapter,
        streaming::{PartitionStream, StreamingTableExec},
    },
};
use futures::{StreamExt, stream};
use lake::{Column, WriteMode};
use udfs::operators::{CommitExec, CommitSpec, Destination, ParquetWriteExec, WriteOptions, WriteTarget};

use crate::fixture::{TestLake, lines, session};

#[tokio::test]
async fn partitions_write_and_one_commit_makes_all_visible() {
    let place = TestLake::new().await;
    let plan = write(&place, "w1", numbers(&[&[1, 2], &[], &[3]]));
    insta::assert_snapshot!(displayable(plan.as_ref()).indent(false).to_string(), @r"
    CommitExec: table=t, mode=Append
      CoalescePartitionsExec
        ParquetWriteExec: table=t
          DataSourceExec: partitions=3, partition_sizes=[1, 1, 1]
    ");
    assert_eq!(run(plan).await.unwrap(), ["3"]);
    let snapshot = place.lake.table("t").unwrap().snapshot().await.unwrap();
    assert_eq!((snapshot.rows(), snapshot.manifest().files.len()), (3, 2), "a partition without rows writes no file");
}

#[tokio::test]
async fn a_write_that_is_run_again_counts_once() {
    let place = TestLake::new().await;
    let plan = write(&place, "w1", numbers(&[&[1, 2], &[3]]));
    assert_eq!(run(Arc::clone(&plan)).await.unwrap(), ["3"]);
    assert_eq!(run(plan).await.unwrap(), ["3"]);
    let table = place.lake.table("t").unwrap();
    assert_eq!(table.latest_version().await.unwrap(), Some(1));
    assert_eq!(place.parquet_files("t/data").len(), 2);
}

#[tokio::test]
async fn a_failing_child_fails_the_write() {
    let place = TestLake::new().await;
    let failed =
        run(write(&place, "w1", Source::exec(Behind::Failure, &Arc::default()))).await.unwrap_err().to_string();
    assert!(failed.contains("the child fails"), "{failed}");
    assert_eq!(place.lake.table("t").unwrap().latest_version().await.unwrap(), None);
    assert!(place.parquet_files("t").is_empty(), "{:?}", place.parquet_files("t"));
}

#[tokio::test]
async fn a_write_that_is_dropped_leaves_nothing() {
    let place = TestLake::new().await;
    let alive = Arc::default();
    let plan = write(&place, "w1", Source::exec(Behind::Silence, &alive));
    let mut counted = plan.execute(0, session(1).task_ctx()).unwrap();
    assert!(futures::poll!(counted.next()).is_pending());
    let running = Arc::strong_count(&alive);
    drop(counted);
    assert_eq!(Arc::strong_count(&alive), running - 1, "the child's stream goes with the write");
    assert!(place.parquet_files("t").is_empty());
}

#[tokio::test]
async fn operators_keep_what_they_do_on_new_children() {
    let place = TestLake::new().await;
    let plan = write(&place, "w1", numbers(&[&[1]]));
    let child = Arc::clone(plan.children()[0]);
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    let renewed = plan.replace_children(vec![child], recompute()).unwrap();
    assert_eq!(displayable(renewed.as_ref()).indent(false).to_string(), shown);

    let target = target(&place, "w2");
    let write: Arc<dyn ExecutionPlan> = Arc::new(ParquetWriteExec::new(numbers(&[&[1]]), target.clone()));
    let renewed = write.replace_children(vec![numbers(&[&[1], &[2], &[3]])], recompute()).unwrap();
    let renewed = renewed.downcast_ref::<ParquetWriteExec>().unwrap();
    assert_eq!((renewed.target(), renewed.properties().partitioning.partition_count()), (&target, 3));
}

#[tokio::test]
async fn the_commit_has_one_partition() {
    let place = TestLake::new().await;
    let plan = write(&place, "w1", numbers(&[&[1], &[2]]));
    assert_eq!(plan.properties().partitioning.partition_count(), 1);
    let error = plan.execute(1, session(1).task_ctx()).err().unwrap().to_string();
    assert!(error.contains("CommitExec has one partition, asked for 1"), "{error}");
}

#[tokio::test]
async fn a_lake_that_cannot_be_written_is_a_fault_that_may_pass() {
    let place = TestLake::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut target = target(&place, "w1");
    let lake_url = url::Url::from_file_path(file.path().join("lake")).unwrap();
    target.destination = Destination::Table { lake_url, table: "t".to_owned() };
    let write = Arc::new(ParquetWriteExec::new(numbers(&[&[1]]), target));
    let failed = run(write).await.unwrap_err();
    assert!(matches!(failed.find_root(), DataFusionError::IoError(_)), "{failed:?}");
    assert!(failed.to_string().contains("parquet file"), "{failed}");
}

/// Writes to table `t` and commits.
fn write(place: &TestLake, write_id: &str, input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
    let target = target(place, write_id);
    let columns = Column::of_schema(&schema());
    let write = Arc::new(ParquetWriteExec::new(input, target.clone()));
    let gather = Arc::new(CoalescePartitionsExec::new(write));
    Arc::new(CommitExec::new(
        gather,
        CommitSpec { target, mode: WriteMode::Append, columns, options: WriteOptions::default() },
    ))
}

fn target(place: &TestLake, write_id: &str) -> WriteTarget {
    WriteTarget::new(Destination::Table { lake_url: place.lake.url().clone(), table: "t".to_owned() }, write_id)
}

fn recompute() -> ReplaceChildrenOptions {
    ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute)
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("value", DataType::Int64, false)]))
}

fn batch(values: &[i64]) -> RecordBatch {
    RecordBatch::try_new(schema(), vec![Arc::new(Int64Array::from(values.to_vec()))]).unwrap()
}

/// A source with one partition for each slice of values.
fn numbers(partitions: &[&[i64]]) -> Arc<dyn ExecutionPlan> {
    let partitions: Vec<Vec<RecordBatch>> = partitions.iter().map(|values| vec![batch(values)]).collect();
    MemorySourceConfig::try_new_exec(&partitions, schema(), None).unwrap()
}

/// What comes behind a source's first batch.
#[derive(Debug, Clone, Copy)]
enum Behind {
    Failure,
    Silence,
}

/// A source of one batch and what is behind it; its stream holds on to `alive`.
#[derive(Debug)]
struct Source {
    schema: SchemaRef,
    behind: Behind,
    alive: Arc<()>,
}

impl Source {
    fn exec(behind: Behind, alive: &Arc<()>) -> Arc<dyn ExecutionPlan> {
        let source: Arc<dyn PartitionStream> = Arc::new(Self { schema: schema(), behind, alive: Arc::clone(alive) });
        Arc::new(StreamingTableExec::try_new(schema(), vec![source], None, None, false, None).unwrap())
    }
}

impl PartitionStream for Source {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let alive = Arc::clone(&self.alive);
        let rest = match self.behind {
            Behind::Failure => {
                let failure = DataFusionError::Execution("the child fails".to_owned());
                stream::iter([Err(failure)]).boxed()
            }
            Behind::Silence => stream::pending().boxed(),
        };
        let all = stream::iter([Ok(batch(&[1]))]).chain(rest).inspect(move |_| _ = &alive);
        Box::pin(RecordBatchStreamAdapter::new(schema(), all))
    }
}

async fn run(plan: Arc<dyn ExecutionPlan>) -> datafusion::error::Result<Vec<String>> {
    Ok(lines(&collect(plan, session(1).task_ctx()).await?))
}
