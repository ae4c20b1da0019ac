//! An executor: Ballista's, with Segue's session, codecs, functions and limits.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ballista_core::{config::TaskSchedulingPolicy, extension::SessionConfigExt, utils::GrpcClientConfig};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
pub use ballista_executor::health::ExecutorHealth;
use lake::ObjectStores;
use tempfile::TempDir;
use tokio::net::TcpListener;
use udfs::session::{EngineOptions, MAX_MESSAGE_BYTES, function_registry, runtime_env, session_config, session_state};

use crate::{ClusterTls, Error, Result, metered_engine::MeteredEngine, mutual_tls::loopback_beside};

/// Settings of an executor.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// Address to listen on.
    pub bind_host: String,
    /// Name under which other executors reach it; the scheduler takes the peer's address if it is not given.
    pub external_host: Option<String>,
    /// Port of Arrow Flight, which serves shuffle files.
    pub flight_port: u16,
    /// Port of gRPC, by which the scheduler sends tasks.
    pub grpc_port: u16,
    /// Host of the scheduler.
    pub scheduler_host: String,
    /// Port of the scheduler.
    pub scheduler_port: u16,
    /// Seconds to wait for the scheduler at the start.
    pub connect_timeout_seconds: u16,
    /// Tasks that run at the same time.
    pub vcores: usize,
    /// Folder in which the executor makes one of its own for shuffle files and spills; it may be shared.
    pub work_dir: PathBuf,
    /// Memory of all tasks together, in bytes; `None` takes 70 % of the machine's or the container's.
    pub memory_bytes: Option<u64>,
    /// Seconds after which the shuffle files of a job are removed, whatever became of it.
    pub job_data_seconds: u64,
    /// Seconds between two signs of life; several must fit into the scheduler's patience.
    pub heartbeat_seconds: u64,
    /// With what the cluster encrypts, if it does.
    pub tls: Option<ClusterTls>,
}

/// Runs an executor until SIGTERM or SIGINT, and lets its tasks finish then.
///
/// # Errors
/// [`Error::Ballista`] if the scheduler cannot be reached or a service stops, [`Error::Session`] if the session cannot
/// be made.
pub async fn run(options: &ExecutorOptions, stores: Arc<ObjectStores>, health: ExecutorHealth) -> Result<()> {
    let folders = WorkFolders::create(&options.work_dir)?;
    let mut config = config(options, &folders, stores, health)?;
    if let Some(tls) = &options.tls {
        // The scheduler sees no address of ours behind its own end of the encryption.
        config.external_host.get_or_insert_with(|| options.bind_host.clone());
        config.bind_host = encrypt(tls, options).await?.to_string();
    }
    let failed = |source| Error::Ballista { process: "executor", source };
    start_executor_process(Arc::new(config)).await.map_err(failed)
}

/// Listens at the executor's ports with TLS, and returns where its services must listen in the clear behind that.
async fn encrypt(tls: &ClusterTls, options: &ExecutorOptions) -> Result<IpAddr> {
    let public = options.bind_host.parse::<IpAddr>();
    let public = public.map_err(|_| Error::Tls { reason: format!("`{}` is no IP address", options.bind_host) })?;
    let inner = loopback_beside(public)?;
    for port in [options.flight_port, options.grpc_port] {
        let listener = TcpListener::bind((public, port)).await;
        let listener = listener.map_err(Error::io(format!("listen on {public}, port {port}")))?;
        tls.terminate(listener, (inner, port).into())?;
    }
    // Ballista takes the socket of its own side for the scheduler, so it would not wait for one that is not up yet.
    let limit = Duration::from_secs(options.connect_timeout_seconds.into());
    let (host, port) = (options.scheduler_host.as_str(), options.scheduler_port);
    tls.reach(host, port, limit).await.map_err(Error::io(format!("reach the scheduler at {host}:{port} with TLS")))?;
    Ok(inner)
}

/// The folders of one executor below its work folder, removed with this value.
///
/// Ballista removes everything in its own folder at the end, and everything old in between, so it gets one that holds
/// nothing else: not the spills, and not what belongs to another executor that was given the same work folder.
struct WorkFolders {
    root: TempDir,
}

impl WorkFolders {
    fn create(work_dir: &Path) -> Result<Self> {
        let failed = || Error::io(format!("create a folder in `{}`", work_dir.display()));
        std::fs::create_dir_all(work_dir).map_err(failed())?;
        let root = tempfile::Builder::new().prefix("segue-executor-").tempdir_in(work_dir).map_err(failed())?;
        let folders = Self { root };
        for folder in [folders.shuffle(), folders.spill()] {
            std::fs::create_dir(folder).map_err(failed())?;
        }
        Ok(folders)
    }

    fn shuffle(&self) -> PathBuf {
        self.root.path().join("shuffle")
    }

    fn spill(&self) -> PathBuf {
        self.root.path().join("spill")
    }
}

fn config(
    options: &ExecutorOptions,
    folders: &WorkFolders,
    stores: Arc<ObjectStores>,
    health: ExecutorHealth,
) -> Result<ExecutorProcessConfig> {
    let runtime = runtime_env(stores, Some(&folders.spill())).map_err(Error::Session)?;
    let session = session_config(&EngineOptions::default());
    let diverted = options.tls.as_ref().map(|tls| {
        let settings = GrpcClientConfig::from(&session.ballista_config());
        tls.endpoint_override(settings)
    });
    let of_tasks = diverted.clone();
    let state = session_state(session.clone(), Arc::clone(&runtime)).map_err(Error::Session)?;
    let message_bytes = u32::try_from(MAX_MESSAGE_BYTES).unwrap_or(u32::MAX);
    Ok(ExecutorProcessConfig {
        bind_host: options.bind_host.clone(),
        external_host: options.external_host.clone(),
        port: options.flight_port,
        grpc_port: options.grpc_port,
        scheduler_host: options.scheduler_host.clone(),
        scheduler_port: options.scheduler_port,
        scheduler_connect_timeout_seconds: options.connect_timeout_seconds,
        vcores: options.vcores,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(folders.shuffle().display().to_string()),
        job_data_ttl_seconds: options.job_data_seconds,
        job_data_clean_up_interval_seconds: (options.job_data_seconds / 4).max(1),
        grpc_max_decoding_message_size: message_bytes,
        grpc_max_encoding_message_size: message_bytes,
        executor_heartbeat_interval_seconds: options.heartbeat_seconds,
        memory_pool_size: options.memory_bytes,
        override_execution_engine: Some(Arc::new(MeteredEngine::try_new()?)),
        override_function_registry: Some(function_registry(&state)),
        override_runtime_producer: Some(Arc::new(move |_| Ok(Arc::clone(&runtime)))),
        override_logical_codec: Some(session.ballista_logical_extension_codec()),
        override_physical_codec: Some(session.ballista_physical_extension_codec()),
        // Tasks fetch from other executors as their sessions say.
        override_config_producer: Some(Arc::new(move || {
            let session = session_config(&EngineOptions::default());
            match &of_tasks {
                Some(diverted) => session.with_ballista_override_create_grpc_client_endpoint(Arc::clone(diverted)),
                None => session,
            }
        })),
        override_create_grpc_client_endpoint: diverted,
        health,
        ..ExecutorProcessConfig::default()
    })
}
