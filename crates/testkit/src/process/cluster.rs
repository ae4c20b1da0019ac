//! A scheduler and its executors.

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use super::command::ProcessCommand;
use super::executor::{Executor, ExecutorBuilder};
use super::scheduler::{Scheduler, SchedulerBuilder};

/// A scheduler and the executors that have registered with it, all processes of their own.
#[derive(Debug)]
pub struct Cluster {
    // Executors first: they tell the scheduler that they leave.
    executors: Vec<Executor>,
    scheduler: Scheduler,
    executor_template: ExecutorBuilder,
}

impl Cluster {
    /// Describes a cluster of one executor with 2 virtual cores.
    ///
    /// # Errors
    /// If `segue-scheduler` or `segue-executor` has not been built.
    pub fn builder() -> Result<ClusterBuilder> {
        Ok(ClusterBuilder::new(
            ProcessCommand::of_workspace("segue-scheduler")?,
            ProcessCommand::of_workspace("segue-executor")?,
        ))
    }

    /// Starts a cluster with variables for all its processes, such as those of an S3 server.
    ///
    /// # Errors
    /// If a program has not been built, ends, or is not ready within a minute.
    pub async fn start(
        executors: usize,
        vcores: usize,
        env: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Result<Self> {
        Self::builder()?.executors(executors).vcores(vcores).envs(env).start().await
    }

    /// Returns the scheduler.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// Returns the executors.
    pub fn executors(&self) -> &[Executor] {
        &self.executors
    }

    /// Starts one more executor, like the others.
    ///
    /// # Errors
    /// If it ends, or is not ready within a minute.
    pub async fn add_executor(&mut self) -> Result<&Executor> {
        let executor = self.executor_template.clone().start().await?;
        self.executors.push(executor);
        Ok(&self.executors[self.executors.len() - 1])
    }

    /// Takes an executor out of the cluster's care. It ends with the returned value.
    ///
    /// # Errors
    /// If there is no executor of that number.
    pub fn remove_executor(&mut self, index: usize) -> Result<Executor> {
        let count = self.executors.len();
        ensure!(index < count, "there are {count} executors, none has number {index}");
        Ok(self.executors.remove(index))
    }
}

/// How to start a cluster.
#[derive(Clone, Debug)]
pub struct ClusterBuilder {
    scheduler: ProcessCommand,
    executor: ProcessCommand,
    executors: usize,
    vcores: usize,
}

impl ClusterBuilder {
    /// Describes a cluster of other programs, which must obey the same arguments.
    pub fn new(scheduler: ProcessCommand, executor: ProcessCommand) -> Self {
        Self { scheduler, executor, executors: 1, vcores: 2 }
    }

    /// Sets how many executors there are; by default 1.
    #[must_use]
    pub fn executors(mut self, executors: usize) -> Self {
        self.executors = executors;
        self
    }

    /// Sets how many tasks each executor runs at once; by default 2.
    #[must_use]
    pub fn vcores(mut self, vcores: usize) -> Self {
        self.vcores = vcores;
        self
    }

    /// Sets variables of all processes.
    #[must_use]
    pub fn envs(self, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        pairs.into_iter().fold(self, |mut cluster, (name, value)| {
            let (name, value) = (name.into(), value.into());
            cluster.scheduler = cluster.scheduler.env(&name, &value);
            cluster.executor = cluster.executor.env(name, value);
            cluster
        })
    }

    /// Adds an argument of the scheduler.
    #[must_use]
    pub fn scheduler_arg(mut self, arg: impl Into<String>) -> Self {
        self.scheduler = self.scheduler.arg(arg.into());
        self
    }

    /// Adds an argument of every executor.
    #[must_use]
    pub fn executor_arg(mut self, arg: impl Into<String>) -> Self {
        self.executor = self.executor.arg(arg.into());
        self
    }

    /// Starts the scheduler, then all executors at once, and waits until they have registered.
    ///
    /// # Errors
    /// If one of them ends, or is not ready within a minute.
    pub async fn start(self) -> Result<Cluster> {
        let scheduler = SchedulerBuilder::new(self.scheduler).start().await?;
        let template = ExecutorBuilder::new(self.executor, scheduler.grpc()).vcores(self.vcores);
        let mut starting = JoinSet::new();
        for _ in 0..self.executors {
            starting.spawn(template.clone().start());
        }
        let mut executors = Vec::with_capacity(self.executors);
        while let Some(executor) = starting.join_next().await {
            executors.push(executor??);
        }
        Ok(Cluster { executors, scheduler, executor_template: template })
    }
}
