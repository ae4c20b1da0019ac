//! What an executor's tasks did and use, as stock Ballista only logs it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use datafusion::{
    execution::memory_pool::{MemoryLimit, MemoryPool},
    physical_plan::metrics::{MetricValue, MetricsSet},
};
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use crate::Error;

/// Counters that sum up what the operators of all plans counted: the counter's name, its help, and the names under which
/// operators count. Those of DataFusion and those of Ballista's sorted shuffle call the same by different names.
const OF_OPERATORS: [(&str, &str, &[&str]); 6] = [
    (
        "segue_executor_spills_total",
        "Files that operators spilled to, and times that a shuffle's buffers were written out, for want of memory.",
        &["spill_count"],
    ),
    ("segue_executor_spilled_bytes_total", "Bytes spilled for want of memory.", &["spilled_bytes", "spill_bytes"]),
    ("segue_executor_spilled_rows_total", "Rows that operators spilled for want of memory.", &["spilled_rows"]),
    (
        "segue_executor_shuffle_fetched_bytes_total",
        "Bytes fetched from shuffle files of other executors, as decoded.",
        &["decoded_bytes"],
    ),
    ("segue_executor_shuffle_fetches_total", "Fetches of shuffle files from other executors.", &["fetch_requests"]),
    ("segue_executor_shuffle_fetch_retries_total", "Fetches that were tried again.", &["fetch_retries"]),
];

/// A metric that readers of shuffle files have and no other operator. What they yield is what they read, on this machine
/// and others; bytes they count only of what is fetched.
const OF_READERS: &str = "local_partitions";

/// The metrics of an executor's tasks.
pub(crate) struct TaskMetrics {
    pub(crate) running: IntGauge,
    /// By outcome.
    pub(crate) finished: IntCounterVec,
    pub(crate) seconds: Histogram,
    pub(crate) shuffle_bytes: IntCounter,
    pub(crate) shuffle_rows: IntCounter,
    pub(crate) memory: MemoryInUse,
    of_operators: Vec<(&'static [&'static str], IntCounter)>,
    shuffle_rows_read: IntCounter,
}

impl TaskMetrics {
    /// Metrics in the process's registry; those of a second executor in one process are not exported.
    ///
    /// # Errors
    /// [`Error::Io`] if they cannot be defined.
    pub(crate) fn registered() -> Result<Self, Error> {
        let metrics = Self::try_new().map_err(|error| Error::io("define metrics")(std::io::Error::other(error)))?;
        let mut collectors: Vec<Box<dyn Collector>> = vec![
            Box::new(metrics.running.clone()),
            Box::new(metrics.finished.clone()),
            Box::new(metrics.seconds.clone()),
            Box::new(metrics.shuffle_bytes.clone()),
            Box::new(metrics.shuffle_rows.clone()),
            Box::new(metrics.memory.clone()),
            Box::new(metrics.shuffle_rows_read.clone()),
        ];
        collectors
            .extend(metrics.of_operators.iter().map(|(_, counter)| Box::new(counter.clone()) as Box<dyn Collector>));
        for collector in collectors {
            if let Err(error) = prometheus::default_registry().register(collector) {
                tracing::debug!(error = %error, "metric is registered already");
            }
        }
        Ok(metrics)
    }

    fn try_new() -> prometheus::Result<Self> {
        let seconds =
            HistogramOpts::new("segue_executor_task_duration_seconds", "Time from a task's start to its end.");
        let finished = Opts::new("segue_executor_tasks_total", "Tasks that ended, by outcome.");
        let of_operators = OF_OPERATORS.map(|(name, help, names)| Ok((names, IntCounter::new(name, help)?)));
        let rows_read = "Rows read from shuffle files, on this machine and others.";
        Ok(Self {
            running: IntGauge::new("segue_executor_tasks_running", "Tasks that run now.")?,
            finished: IntCounterVec::new(finished, &["outcome"])?,
            seconds: Histogram::with_opts(seconds.buckets(prometheus::exponential_buckets(0.01, 4.0, 9)?))?,
            shuffle_bytes: IntCounter::new("segue_executor_shuffle_written_bytes_total", "Bytes of shuffle files.")?,
            shuffle_rows: IntCounter::new("segue_executor_shuffle_written_rows_total", "Rows of shuffle files.")?,
            memory: MemoryInUse::try_new()?,
            shuffle_rows_read: IntCounter::new("segue_executor_shuffle_read_rows_total", rows_read)?,
            of_operators: of_operators.into_iter().collect::<prometheus::Result<_>>()?,
        })
    }

    /// Adds what the operators of a task's plan counted.
    pub(crate) fn add_plan(&self, plan: &[MetricsSet]) {
        for metric in plan.iter().flat_map(MetricsSet::iter) {
            let name = metric.value().name();
            let counter = self.of_operators.iter().find(|(names, _)| names.contains(&name));
            // Gauges and times of the same name would be no counts.
            if let (Some((_, counter)), true) = (counter, is_count(metric.value())) {
                counter.inc_by(count(metric.value()));
            }
        }
        let is_reader = |operator: &&MetricsSet| operator.iter().any(|metric| metric.value().name() == OF_READERS);
        let read = plan.iter().filter(is_reader).flat_map(MetricsSet::iter);
        let read = read.filter(|metric| matches!(metric.value(), MetricValue::OutputRows(_)));
        self.shuffle_rows_read.inc_by(read.map(|metric| count(metric.value())).sum());
    }
}

fn is_count(value: &MetricValue) -> bool {
    matches!(
        value,
        MetricValue::SpillCount(_)
            | MetricValue::SpilledBytes(_)
            | MetricValue::SpilledRows(_)
            | MetricValue::Count { .. }
    )
}

fn count(value: &MetricValue) -> u64 {
    u64::try_from(value.as_usize()).unwrap_or(u64::MAX)
}

/// The memory pools of the tasks that run, each of which Ballista gives a pool of its own.
#[derive(Clone)]
pub(crate) struct MemoryInUse {
    pools: Arc<Mutex<HashMap<usize, Counted>>>,
    reserved: IntGauge,
    limit: IntGauge,
}

/// A pool, and how many running tasks share it.
struct Counted {
    pool: Arc<dyn MemoryPool>,
    tasks: usize,
}

impl MemoryInUse {
    fn try_new() -> prometheus::Result<Self> {
        let reserved = "Memory that the operators of running tasks have reserved from their pools.";
        let limit = "Memory that running tasks may reserve; what exceeds it is spilled, or fails the task.";
        Ok(Self {
            pools: Arc::default(),
            reserved: IntGauge::new("segue_executor_memory_pool_reserved_bytes", reserved)?,
            limit: IntGauge::new("segue_executor_memory_pool_limit_bytes", limit)?,
        })
    }

    /// Counts a pool from now on.
    pub(crate) fn add(&self, pool: &Arc<dyn MemoryPool>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.entry(key(pool)).or_insert_with(|| Counted { pool: Arc::clone(pool), tasks: 0 }).tasks += 1;
    }

    /// Counts a pool no more, once for each [`Self::add`].
    pub(crate) fn remove(&self, pool: &Arc<dyn MemoryPool>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = pools.get_mut(&key(pool)) {
            counted.tasks -= 1;
            if counted.tasks == 0 {
                pools.remove(&key(pool));
            }
        }
    }

    /// Bytes reserved, and bytes that may be.
    fn sums(&self) -> (i64, i64) {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let reserved = pools.values().map(|counted| counted.pool.reserved()).sum();
        let limit = pools.values().map(|counted| match counted.pool.memory_limit() {
            MemoryLimit::Finite(bytes) => bytes,
            MemoryLimit::Infinite | MemoryLimit::Unknown => 0,
        });
        (whole(reserved), whole(limit.sum()))
    }
}

impl Collector for MemoryInUse {
    fn desc(&self) -> Vec<&Desc> {
        [self.reserved.desc(), self.limit.desc()].concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let (reserved, limit) = self.sums();
        self.reserved.set(reserved);
        self.limit.set(limit);
        [self.reserved.collect(), self.limit.collect()].concat()
    }
}

/// A pool is known by where it is.
fn key(pool: &Arc<dyn MemoryPool>) -> usize {
    Arc::as_ptr(pool).cast::<()>().addr()
}

fn whole(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use datafusion::{
        execution::memory_pool::{FairSpillPool, MemoryConsumer, UnboundedMemoryPool},
        physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder},
    };

    use super::*;

    #[test]
    fn pools_count_once_and_only_while_tasks_run() {
        let memory = MemoryInUse::try_new().unwrap();
        let shared: Arc<dyn MemoryPool> = Arc::new(FairSpillPool::new(1000));
        let unbounded: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        for pool in [&shared, &shared, &unbounded] {
            memory.add(pool);
        }
        let held = MemoryConsumer::new("a").register(&shared);
        held.try_grow(300).unwrap();
        let other = MemoryConsumer::new("b").register(&unbounded);
        other.grow(50);
        assert_eq!(memory.sums(), (350, 1000));
        memory.remove(&shared);
        assert_eq!(memory.sums(), (350, 1000));
        memory.remove(&shared);
        assert_eq!(memory.sums(), (50, 0));
    }

    #[test]
    fn spills_of_operators_and_of_shuffles_add_up() {
        let metrics = TaskMetrics::try_new().unwrap();
        let operator = ExecutionPlanMetricsSet::new();
        MetricBuilder::new(&operator).spill_count(0).add(2);
        MetricBuilder::new(&operator).spilled_bytes(0).add(100);
        let shuffle = ExecutionPlanMetricsSet::new();
        MetricBuilder::new(&shuffle).counter("spill_count", 0).add(3);
        MetricBuilder::new(&shuffle).counter("spill_bytes", 1).add(11);
        MetricBuilder::new(&shuffle).counter("input_rows", 0).add(5);
        let reader = ExecutionPlanMetricsSet::new();
        MetricBuilder::new(&reader).counter("local_partitions", 0).add(1);
        MetricBuilder::new(&reader).output_rows(0).add(70);
        MetricBuilder::new(&operator).output_rows(0).add(1000);
        metrics.add_plan(&[operator.clone_inner(), shuffle.clone_inner(), reader.clone_inner()]);
        assert_eq!(metrics.shuffle_rows_read.get(), 70);
        let of = |name: &str| metrics.of_operators.iter().find(|(names, _)| names.contains(&name)).unwrap().1.get();
        assert_eq!((of("spill_count"), of("spilled_bytes"), of("decoded_bytes")), (5, 111, 0));
    }
}
