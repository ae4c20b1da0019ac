//! A query as one job of the cluster, which can be cancelled.

use std::{fmt, sync::Arc, time::Duration};

use ballista_core::{
    execution_plans::DistributedQueryExec,
    extension::{EndpointOverrideFn, SessionConfigExt},
    serde::protobuf::{CancelJobParams, scheduler_grpc_client::SchedulerGrpcClient},
    utils::{GrpcClientConfig, create_grpc_client_endpoint},
};
use datafusion::{
    error::{DataFusionError, Result},
    execution::SendableRecordBatchStream,
    logical_expr::LogicalPlan,
    physical_plan::{ExecutionPlan, execute_stream},
    prelude::SessionContext,
};
use datafusion_proto::protobuf::LogicalPlanNode;
use tonic::transport::Endpoint;

use crate::measures;

/// Longest wait for the scheduler to take a cancellation.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// How the scheduler is connected to.
#[derive(Clone)]
pub(crate) struct Connecting {
    pub(crate) settings: GrpcClientConfig,
    /// The way around by which an encrypted cluster is reached.
    pub(crate) diverted: Option<EndpointOverrideFn>,
}

impl Connecting {
    /// As a session is connected.
    pub(crate) fn of(context: &SessionContext) -> Self {
        let config = context.copied_config();
        let settings = GrpcClientConfig::from(&config.ballista_config());
        let diverted = config.ballista_override_create_grpc_client_endpoint().map(|endpoint| {
            let diverted: EndpointOverrideFn = Arc::new(move |it| endpoint.configure_endpoint(it));
            diverted
        });
        Self { settings, diverted }
    }

    /// The scheduler as it is reached.
    ///
    /// # Errors
    /// If its address is none.
    pub(crate) fn endpoint(&self, scheduler_url: &str) -> std::result::Result<Endpoint, BoxedError> {
        let url = scheduler_url.replacen("df://", "http://", 1);
        let endpoint = create_grpc_client_endpoint(url, Some(&self.settings))?;
        match &self.diverted {
            Some(diverted) => diverted(endpoint),
            None => Ok(endpoint),
        }
    }
}

impl fmt::Debug for Connecting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connecting").field("diverted", &self.diverted.is_some()).finish_non_exhaustive()
    }
}

/// A job: its rows as they come, and the means to end it.
pub struct Job {
    plan: Arc<dyn ExecutionPlan>,
    rows: SendableRecordBatchStream,
}

impl fmt::Debug for Job {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Job").field("job_id", &self.handle().job_id()).finish_non_exhaustive()
    }
}

/// Names a job, once the scheduler has taken it.
#[derive(Debug, Clone)]
pub struct JobHandle {
    plan: Arc<dyn ExecutionPlan>,
}

impl Job {
    /// Plans a query on a session of a cluster. The job is submitted when its rows are first asked for.
    ///
    /// # Errors
    /// The planner's.
    pub async fn plan(context: &SessionContext, plan: LogicalPlan) -> Result<Self> {
        let frame = context.execute_logical_plan(plan).await?;
        let task = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await?;
        let rows = execute_stream(Arc::clone(&plan), task)?;
        Ok(Self { plan, rows })
    }

    /// The rows.
    pub fn rows(&mut self) -> &mut SendableRecordBatchStream {
        &mut self.rows
    }

    /// The rows alone; when they are dropped before their end, the job is cancelled.
    pub fn into_rows(self) -> SendableRecordBatchStream {
        self.rows
    }

    /// The job's name, to cancel it while its rows are read.
    pub fn handle(&self) -> JobHandle {
        JobHandle::of(&self.plan)
    }
}

impl JobHandle {
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        Self { plan: Arc::clone(plan) }
    }

    /// The scheduler's name of the job; [`None`] before it was submitted, and for a query that needs no cluster.
    #[must_use]
    pub fn job_id(&self) -> Option<String> {
        self.plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>()?.job_id().map(|id| id.to_string())
    }

    /// The plan of the executors' work with what was measured, once the job has ended.
    ///
    /// # Errors
    /// An execution error if the scheduler does not tell it.
    pub async fn measured(&self, context: &SessionContext, scheduler_url: &str) -> Result<String> {
        measures::measured(self.job_id(), scheduler_url, &Connecting::of(context)).await
    }

    /// Bytes that the executors read of files, once the job has ended; [`None`] if not all of its scans count them.
    ///
    /// # Errors
    /// An execution error if the scheduler does not tell it.
    pub async fn scanned_bytes(&self, context: &SessionContext, scheduler_url: &str) -> Result<Option<u64>> {
        measures::scanned_bytes(self.job_id(), scheduler_url, &Connecting::of(context)).await
    }

    /// Ends the job on a cluster, if it was submitted and still runs.
    ///
    /// # Errors
    /// An execution error if the scheduler does not take it.
    pub async fn cancel(&self, context: &SessionContext, scheduler_url: &str) -> Result<()> {
        self.cancel_at(scheduler_url, &Connecting::of(context)).await
    }

    /// As [`Self::cancel`], without a session.
    pub(crate) async fn cancel_at(&self, scheduler_url: &str, connecting: &Connecting) -> Result<()> {
        let Some(job_id) = self.job_id() else { return Ok(()) };
        let failed = |reason: String| DataFusionError::Execution(format!("cannot cancel job {job_id}: {reason}"));
        let endpoint = connecting.endpoint(scheduler_url).map_err(|error| failed(error.to_string()))?;
        let cancelling = async {
            let connection = endpoint.connect().await.map_err(|error| failed(error.to_string()))?;
            let mut client = SchedulerGrpcClient::new(connection);
            let params = CancelJobParams { job_id: job_id.clone() };
            client.cancel_job(params).await.map(drop).map_err(|status| failed(status.to_string()))
        };
        tokio::time::timeout(CANCEL_TIMEOUT, cancelling).await.map_err(|_| failed("no answer".to_owned()))?
    }
}
