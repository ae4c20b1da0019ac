//! The scheduler: Ballista's, with Segue's session, codecs and limits.

use std::{net::Ipv4Addr, sync::Arc};

use ballista_core::{config::TaskSchedulingPolicy, extension::SessionConfigExt, utils::GrpcClientConfig};
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

use crate::{ClusterTls, Error, Result, job_metrics::JobMetrics, recovery::RecoveringClusterState};

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
    /// With what the cluster encrypts, if it does.
    pub tls: Option<ClusterTls>,
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

/// Serves gRPC and REST on the listener until the future is dropped; in the clear, or to clients with a certificate.
///
/// # Errors
/// [`Error::Ballista`] if the service stops, [`Error::Io`] if a port behind the encrypted one cannot be had.
pub async fn serve(listener: TcpListener, scheduler: Scheduler, tls: Option<&ClusterTls>) -> Result<()> {
    let listener = match tls {
        Some(tls) => {
            let inner = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io("listen on loopback"))?;
            tls.terminate(listener, inner.local_addr().map_err(Error::io("read a port"))?)?;
            inner
        }
        None => listener,
    };
    let metrics = JobMetrics::registered()?;
    let watched = scheduler.clone();
    tokio::select! {
        served = start_grpc_service_with_listener(listener, scheduler) => {
            served.map_err(|source| Error::Ballista { process: "scheduler", source })
        }
        // It has no end.
        () = metrics.watch(&watched) => Ok(()),
    }
}

fn config(options: &SchedulerOptions, stores: Arc<ObjectStores>) -> Result<SchedulerConfig> {
    let runtime = runtime_env(stores, None).map_err(Error::Session)?;
    let engine = options.engine.clone();
    let session = session_config(&engine);
    let diverted = options.tls.as_ref().map(|tls| {
        let settings = GrpcClientConfig::from(&session.ballista_config());
        tls.endpoint_override(settings)
    });
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
        override_create_grpc_client_endpoint: diverted,
        override_logical_codec: Some(session.ballista_logical_extension_codec()),
        override_physical_codec: Some(session.ballista_physical_extension_codec()),
        override_config_producer: Some(Arc::new(move || session_config(&engine))),
        override_session_builder: Some(Arc::new(move |config| session_state(config, Arc::clone(&runtime)))),
        ..SchedulerConfig::default()
    })
}
