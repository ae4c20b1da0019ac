//! Scheduler and executor in this process.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use ballista_executor::{executor_server::TERMINATING, health::ExecutorHealth};
use lake::ObjectStores;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tracing::error;
use udfs::session::EngineOptions;

use crate::{
    Error, Result,
    executor::{self, ExecutorOptions},
    ports,
    scheduler::{self, SchedulerOptions},
};

/// Longest wait for the executor to register.
const READY_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two looks at the executor's state.
const READY_POLL: Duration = Duration::from_millis(20);
const LOCALHOST: &str = "127.0.0.1";

/// A scheduler and one executor on local ports, for as long as the value lives.
///
/// They are the same as in the binaries (push scheduling, shuffle files on disk, the same limits), so what works here
/// works on many machines.
#[derive(Debug)]
pub struct EmbeddedCluster {
    address: SocketAddr,
    tasks: Vec<JoinHandle<Result<()>>>,
    _work_dir: TempDir,
}

impl EmbeddedCluster {
    /// Starts a cluster that runs `vcores` tasks at a time.
    ///
    /// # Errors
    /// [`Error::Io`] if no port or temporary folder can be had, [`Error::Ballista`] if a part refuses to start,
    /// [`Error::NotReady`] if the executor does not register.
    pub async fn start(vcores: usize, engine: EngineOptions, stores: Arc<ObjectStores>) -> Result<Self> {
        let work_dir = tempfile::Builder::new()
            .prefix("segue-executor-")
            .tempdir()
            .map_err(Error::io("create a temporary folder for shuffle files"))?;
        let listener = bind().await?;
        let address = listener.local_addr().map_err(Error::io("read the scheduler's port"))?;
        let scheduler = scheduler::create(&scheduler_options(address, engine), Arc::clone(&stores)).await?;
        let serving = tokio::spawn(watched("scheduler", scheduler::serve(listener, scheduler, None)));
        // One that ended in this process before, as it does on SIGINT, has left its mark for all that come after it.
        TERMINATING.store(false, Ordering::Release);
        let health = ExecutorHealth::new();
        let options = executor_options(address, vcores, &work_dir).await?;
        let executing = {
            let health = health.clone();
            let running = async move { executor::run(&options, stores, health).await };
            tokio::spawn(watched("executor", running))
        };
        let mut cluster = Self { address, tasks: vec![executing, serving], _work_dir: work_dir };
        cluster.wait_ready(&health).await?;
        Ok(cluster)
    }

    /// Address of the scheduler.
    pub fn scheduler_url(&self) -> String {
        format!("df://{}", self.address)
    }

    async fn wait_ready(&mut self, health: &ExecutorHealth) -> Result<()> {
        let deadline = Instant::now() + READY_TIMEOUT;
        let late = Error::NotReady { process: "executor", seconds: READY_TIMEOUT.as_secs() };
        while !health.is_ready() {
            if let Some(ended) = self.tasks.iter().position(JoinHandle::is_finished) {
                let outcome = self.tasks.swap_remove(ended).await;
                return Err(outcome.ok().and_then(Result::err).unwrap_or(late));
            }
            if Instant::now() > deadline {
                return Err(late);
            }
            tokio::time::sleep(READY_POLL).await;
        }
        Ok(())
    }
}

/// Logs why a part ended, as nobody may be waiting for it any more.
async fn watched(part: &'static str, running: impl Future<Output = Result<()>>) -> Result<()> {
    let ended = running.await;
    if let Err(error) = &ended {
        error!(error = %error, part, "a part of the embedded cluster stopped");
    }
    ended
}

impl Drop for EmbeddedCluster {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn bind() -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io("listen on a local port"))
}

fn scheduler_options(address: SocketAddr, engine: EngineOptions) -> SchedulerOptions {
    SchedulerOptions {
        external_host: LOCALHOST.to_owned(),
        port: address.port(),
        engine,
        job_data_seconds: 60,
        job_state_seconds: 3600,
        executor_timeout_seconds: 60,
        tls: None,
    }
}

async fn executor_options(scheduler: SocketAddr, vcores: usize, work_dir: &TempDir) -> Result<ExecutorOptions> {
    let [flight_port, grpc_port] = ports::free_ports(Ipv4Addr::LOCALHOST.into()).await?;
    Ok(ExecutorOptions {
        bind_host: LOCALHOST.to_owned(),
        external_host: Some(LOCALHOST.to_owned()),
        flight_port,
        grpc_port,
        scheduler_host: LOCALHOST.to_owned(),
        scheduler_port: scheduler.port(),
        connect_timeout_seconds: 10,
        vcores,
        work_dir: work_dir.path().to_owned(),
        memory_bytes: None,
        job_data_seconds: 3600,
        heartbeat_seconds: 10,
        tls: None,
    })
}
