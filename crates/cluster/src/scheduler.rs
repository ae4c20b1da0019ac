//! The scheduler: Ballista's, with Segue's session, codecs and limits.

use std::sync::Arc;

use ballista_core::{config::TaskSchedulingPolicy, extension::SessionConfigExt};
use ballista_scheduler::{
    cluster::BallistaCluster,
    config::SchedulerConfig,
    scheduler_process::{create_scheduler, start_grpc_service_with_listener},
    scheduler_server::SchedulerServer,
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use lake::ObjectStores;
use tokio::net::TcpListener;
use udfs::session::{EngineOptions, MAX_MESSAGE_BYTES, runtime_env, session_config, session_state};

use crate::{Error, Result, recovery::RecoveringClusterState};

/// A running scheduler's handle.
pub type Scheduler = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// Settings of a scheduler.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// Name under which executors and clients reach it.
    pub external_host: String,
    /// Port of gRPC and REST.
    pub port: u16,
    /// Sessions of clients that set nothing themselves.
    pub engine: EngineOptions,
    /// Seconds after which the shuffle files of a finished job are removed.
    pub job_data_seconds: u64,
    /// Seconds after which a finished job is forgotten.
    pub job_state_seconds: u64,
    /// Seconds without a sign of life after which an executor is lost and its tasks run elsewhere.
    pub executor_timeout_seconds: u64,
}

/// Makes a scheduler; it serves once [`serve`] is called.
///
/// # Errors
/// [`Error::Ballista`] if the configuration is refused, [`Error::Session`] if the session cannot be made.
pub async fn create(options: &SchedulerOptions, stores: Arc<ObjectStores>) -> Result<Scheduler> {
    let failed = |source| Error::Ballista { process: "scheduler", source };
    let config = config(options, stores)?;
    config.validate().map_err(failed)?;
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(failed)?;
    let refunding = Arc::new(RecoveringClusterState::new(cluster.cluster_state()));
    let cluster = BallistaCluster::new(refunding, cluster.job_state());
    create_scheduler(cluster, Arc::new(config)).await.map_err(failed)
}

/// Serves gRPC and REST on the listener until the future is dropped.
///
/// # Errors
/// [`Error::Ballista`] if the service stops.
pub async fn serve(listener: TcpListener, scheduler: Scheduler) -> Result<()> {
    start_grpc_service_with_listener(listener, scheduler)
        .await
        .map_err(|source| Error::Ballista { process: "scheduler", source })
}

fn config(options: &SchedulerOptions, stores: Arc<ObjectStores>) -> Result<SchedulerConfig> {
    let runtime = runtime_env(stores, None).map_err(Error::Session)?;
    let engine = options.engine.clone();
    let session = session_config(&engine);
    let message_bytes = u32::try_from(MAX_MESSAGE_BYTES).unwrap_or(u32::MAX);
    Ok(SchedulerConfig {
        external_host: options.external_host.clone(),
        bind_port: options.port,
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        finished_job_data_clean_up_interval_seconds: options.job_data_seconds,
        finished_job_state_clean_up_interval_seconds: options.job_state_seconds,
        grpc_server_max_decoding_message_size: message_bytes,
        grpc_server_max_encoding_message_size: message_bytes,
        grpc_client_max_message_size: message_bytes,
        executor_timeout_seconds: options.executor_timeout_seconds,
        expire_dead_executor_interval_seconds: (options.executor_timeout_seconds / 10).clamp(1, 15),
        override_logical_codec: Some(session.ballista_logical_extension_codec()),
        override_physical_codec: Some(session.ballista_physical_extension_codec()),
        override_config_producer: Some(Arc::new(move || session_config(&engine))),
        override_session_builder: Some(Arc::new(move |config| session_state(config, Arc::clone(&runtime)))),
        ..SchedulerConfig::default()
    })
}
