//! Mends what Ballista leaves wrong when an executor is lost.
//!
//! A lost executor takes its shuffle files with it. Ballista 55.0.0 runs the stages again that made them and rolls back
//! the running stages that were reading them, but it forgets two things:
//!
//! - **Output of the stage that was rolled back.** Its finished tasks have told the stage behind it where their rows are.
//!   Those on executors that are still there stay in its list, all tasks run again, and their rows are read twice.
//! - **Vcores of the tasks that were cancelled.** When such a task reports its end, Ballista looks in the stage for the
//!   vcores to give back (`TaskManager::sum_vcores_for_statuses`), but the stage was rolled back and knows its tasks no
//!   more. An executor with as many of these tasks as vcores gets no task ever again, and the job waits for ever.
//!
//! Both are mended right before tasks are handed out, which Ballista does after every event and while none is being
//! worked on: a job whose stages disagree also gives up what the executors concerned made for it, as if they were lost,
//! and vcores of forgotten tasks are given back.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use ballista_core::{
    JobId,
    error::Result,
    serde::{
        protobuf::ExecutorHeartbeat,
        scheduler::{ExecutorData, ExecutorMetadata},
    },
};
use ballista_scheduler::{
    cluster::{BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot},
    config::TaskDistributionPolicy,
    state::{
        execution_stage::{ExecutionStage, StageOutput},
        task_manager::JobInfoCache,
    },
};
use tokio::sync::Mutex;
use tracing::info;

/// Resets of one job in a row. Each makes a stage forget one executor, so executors times stages of a job are enough;
/// the limit is for a graph that does not forget, which must not keep all other jobs from being scheduled.
const MAX_RESETS: usize = 10_000;

/// A cluster state in which jobs recover from the loss of an executor with all of their rows, once each.
pub(crate) struct RecoveringClusterState {
    inner: Arc<dyn ClusterState>,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    bound: HashMap<Task, Holding>,
    /// Vcores that Ballista gave back since the last look, by executor.
    given_back: HashMap<String, u32>,
}

#[derive(PartialEq, Eq, Hash)]
struct Task {
    job_id: JobId,
    stage_id: usize,
    stage_attempt: usize,
    task_id: usize,
}

struct Holding {
    executor_id: String,
    vcores: u32,
}

/// What a job's graph says of a task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Running,
    /// It ended, and Ballista gave its vcores back.
    Ended,
    /// Its stage was rolled back and will not know it when it reports its end.
    Forgotten,
}

impl RecoveringClusterState {
    pub(crate) fn new(inner: Arc<dyn ClusterState>) -> Self {
        Self { inner, ledger: Mutex::default() }
    }

    /// Makes each job give up the output of tasks that are to run again.
    async fn drop_stale_output(jobs: &HashMap<JobId, JobInfoCache>) -> Result<()> {
        for (job_id, job) in jobs {
            let mut graph = job.execution_graph.write().await;
            for _ in 0..MAX_RESETS {
                let Some(executor_id) = holder_of_stale_output(graph.stages()) else { break };
                info!(%job_id, executor_id, "a stage was rolled back: what it wrote on this executor is made again");
                graph.reset_stages_on_lost_executor(&executor_id)?;
            }
        }
        Ok(())
    }

    /// Gives back what tasks hold that their stages have forgotten.
    async fn refund(&self, ledger: &mut Ledger, jobs: &HashMap<JobId, JobInfoCache>) -> Result<()> {
        let mut fates = HashMap::new();
        for (job_id, job) in jobs {
            let graph = job.execution_graph.read().await;
            let running: HashSet<(usize, usize)> =
                graph.running_tasks().iter().map(|task| (task.stage_id, task.task_id)).collect();
            for task in ledger.bound.keys().filter(|task| task.job_id == *job_id) {
                let attempt = graph.stages().get(&task.stage_id).map(attempt_of);
                let same_attempt = attempt == Some(task.stage_attempt);
                let known = same_attempt && graph.task_vcores(task.stage_id, task.task_id).is_some();
                let fate = match known {
                    false => Fate::Forgotten,
                    true if running.contains(&(task.stage_id, task.task_id)) => Fate::Running,
                    true => Fate::Ended,
                };
                fates.insert((task.job_id.clone(), task.stage_id, task.stage_attempt, task.task_id), fate);
            }
        }
        // What is owed, less what was given back: a task may have ended before its stage was rolled back.
        let mut owed: HashMap<String, u32> = HashMap::new();
        let mut forgotten: HashMap<String, u32> = HashMap::new();
        ledger.bound.retain(|task, holding| {
            let key = (task.job_id.clone(), task.stage_id, task.stage_attempt, task.task_id);
            // The tasks of a job that is over are settled by Ballista.
            let Some(fate) = fates.get(&key) else { return false };
            if *fate != Fate::Running {
                *owed.entry(holding.executor_id.clone()).or_default() += holding.vcores;
            }
            if *fate == Fate::Forgotten {
                *forgotten.entry(holding.executor_id.clone()).or_default() += holding.vcores;
            }
            *fate == Fate::Running
        });
        let given_back = std::mem::take(&mut ledger.given_back);
        for (executor_id, forgotten) in forgotten {
            let settled = given_back.get(&executor_id).copied().unwrap_or_default();
            let vcores = owed.get(&executor_id).copied().unwrap_or_default().saturating_sub(settled).min(forgotten);
            if vcores > 0 {
                info!(executor_id, vcores, "giving back the vcores of tasks whose stage was rolled back");
                self.inner.unbind_tasks(vec![(executor_id, vcores)]).await?;
            }
        }
        Ok(())
    }
}

/// An executor whose output a stage is about to read although the stage that made it has to run again as a whole.
fn holder_of_stale_output(stages: &HashMap<usize, ExecutionStage>) -> Option<String> {
    let starts_anew = |stage_id: &usize| {
        matches!(stages.get(stage_id), Some(ExecutionStage::UnResolved(_) | ExecutionStage::Resolved(_)))
    };
    stages
        .values()
        .flat_map(inputs_of)
        .filter(|(producer, _)| starts_anew(producer))
        .flat_map(|(_, output)| output.partition_locations.values().flatten())
        .map(|location| location.executor_meta.id.clone())
        .next()
}

/// What the stages before it have told a stage that has not read it to its end.
fn inputs_of(stage: &ExecutionStage) -> impl Iterator<Item = (&usize, &StageOutput)> {
    let inputs = match stage {
        ExecutionStage::UnResolved(stage) => Some(&stage.inputs),
        ExecutionStage::Resolved(stage) => Some(&stage.inputs),
        ExecutionStage::Running(stage) => Some(&stage.inputs),
        ExecutionStage::Successful(_) | ExecutionStage::Failed(_) => None,
    };
    inputs.into_iter().flatten()
}

fn attempt_of(stage: &ExecutionStage) -> usize {
    match stage {
        ExecutionStage::UnResolved(stage) => stage.stage_attempt_num,
        ExecutionStage::Resolved(stage) => stage.stage_attempt_num,
        ExecutionStage::Running(stage) => stage.stage_attempt_num,
        ExecutionStage::Successful(stage) => stage.stage_attempt_num,
        ExecutionStage::Failed(stage) => stage.stage_attempt_num,
    }
}

#[async_trait]
impl ClusterState for RecoveringClusterState {
    async fn init(&self) -> Result<()> {
        self.inner.init().await
    }

    async fn bind_schedulable_tasks(
        &self,
        distribution: TaskDistributionPolicy,
        active_jobs: Arc<HashMap<JobId, JobInfoCache>>,
        executors: Option<HashSet<String>>,
    ) -> Result<Vec<BoundTask>> {
        let mut ledger = self.ledger.lock().await;
        Self::drop_stale_output(&active_jobs).await?;
        self.refund(&mut ledger, &active_jobs).await?;
        let bound = self.inner.bind_schedulable_tasks(distribution, active_jobs, executors).await?;
        for (executor_id, task) in &bound {
            let key = Task {
                job_id: task.key.job_id.clone(),
                stage_id: task.key.stage_id,
                stage_attempt: task.stage_attempt_num,
                task_id: task.key.task_id,
            };
            let holding = Holding { executor_id: executor_id.clone(), vcores: task.vcores_consumed };
            ledger.bound.insert(key, holding);
        }
        Ok(bound)
    }

    async fn unbind_tasks(&self, executor_slots: Vec<ExecutorSlot>) -> Result<()> {
        let mut ledger = self.ledger.lock().await;
        for (executor_id, vcores) in &executor_slots {
            *ledger.given_back.entry(executor_id.clone()).or_default() += vcores;
        }
        self.inner.unbind_tasks(executor_slots).await
    }

    async fn register_executor(&self, metadata: ExecutorMetadata, spec: ExecutorData) -> Result<()> {
        self.inner.register_executor(metadata, spec).await
    }

    async fn save_executor_metadata(&self, metadata: ExecutorMetadata) -> Result<()> {
        self.inner.save_executor_metadata(metadata).await
    }

    async fn get_executor_metadata(&self, executor_id: &str) -> Result<ExecutorMetadata> {
        self.inner.get_executor_metadata(executor_id).await
    }

    async fn registered_executor_metadata(&self) -> Vec<ExecutorMetadata> {
        self.inner.registered_executor_metadata().await
    }

    async fn save_executor_heartbeat(&self, heartbeat: ExecutorHeartbeat) -> Result<()> {
        self.inner.save_executor_heartbeat(heartbeat).await
    }

    async fn remove_executor(&self, executor_id: &str) -> Result<()> {
        let mut ledger = self.ledger.lock().await;
        ledger.bound.retain(|_, holding| holding.executor_id != executor_id);
        self.inner.remove_executor(executor_id).await
    }

    fn executor_heartbeats(&self) -> HashMap<String, ExecutorHeartbeat> {
        self.inner.executor_heartbeats()
    }

    fn get_executor_heartbeat(&self, executor_id: &str) -> Option<ExecutorHeartbeat> {
        self.inner.get_executor_heartbeat(executor_id)
    }

    async fn cluster_state_events(&self) -> Result<ClusterStateEventStream> {
        self.inner.cluster_state_events().await
    }
}
