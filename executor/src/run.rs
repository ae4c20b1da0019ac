//! Runs the executor until it is told to stop.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow};
use cluster::executor::{self, ExecutorHealth, ExecutorOptions};
use lake::ObjectStores;
use runtime::{admin, shutdown, telemetry, tls::ServerTls, traces::TraceOptions};
use serde::Serialize;
use tracing::{error, info};

use crate::{options::Options, work_folder::WorkFolder};

/// Deep plans overflow the usual 2 MB; Ballista's own binary takes the same.
const STACK_BYTES: usize = 32 * 1024 * 1024;
/// Pause between two looks at whether the executor is registered.
const READY_POLL: Duration = Duration::from_millis(50);

#[derive(Serialize)]
struct Addresses {
    flight: SocketAddr,
    grpc: SocketAddr,
    admin: SocketAddr,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let traces =
        TraceOptions::new("segue-executor", options.otlp_endpoint.as_deref()).map_err(|reason| anyhow!(reason))?;
    let telemetry = telemetry::init(&options.log, options.log_format, traces.as_ref());
    // To the end, as spans are told until then.
    let _telemetry = telemetry.map_err(|reason| anyhow!(reason))?;
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()
        .context("cannot start the async runtime")?;
    threads.block_on(serve(options))
}

async fn serve(options: Options) -> Result<()> {
    let settings = settings(&options).await?;
    let health = ExecutorHealth::new();
    let admin_address = SocketAddr::new(options.bind_host, options.admin_port);
    let readiness = health.clone();
    let tls = ServerTls::of_files(options.admin_tls_cert.as_deref(), options.admin_tls_key.as_deref());
    let tls = tls.map_err(|reason| anyhow!(reason))?;
    let admin = admin::serve(admin_address, tls.as_ref(), move || readiness.is_ready())
        .await
        .with_context(|| format!("cannot listen on {admin_address}"))?;
    let addresses = Addresses {
        flight: SocketAddr::new(options.bind_host, settings.flight_port),
        grpc: SocketAddr::new(options.bind_host, settings.grpc_port),
        admin,
    };
    tokio::spawn(WorkFolder::registered(&settings.work_dir).context("cannot define metrics")?.watch());
    tokio::spawn(announce(health.clone(), addresses, options.ready_file));
    executor::run(&settings, Arc::new(ObjectStores::from_env()), health).await.map_err(Into::into)
}

async fn announce(health: ExecutorHealth, addresses: Addresses, ready_file: Option<PathBuf>) {
    while !health.is_ready() {
        tokio::time::sleep(READY_POLL).await;
    }
    info!(flight = %addresses.flight, grpc = %addresses.grpc, admin = %addresses.admin, "executor ready");
    if let Some(path) = ready_file
        && let Err(error) = shutdown::write_ready_file(&path, &addresses)
    {
        error!(error = %error, path = %path.display(), "cannot write the ready file");
    }
}

async fn settings(options: &Options) -> Result<ExecutorOptions> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (flight_port, grpc_port) = ports(options).await?;
    Ok(ExecutorOptions {
        bind_host: options.bind_host.to_string(),
        external_host: options.external_host.clone(),
        flight_port,
        grpc_port,
        scheduler_host: options.scheduler_host.clone(),
        scheduler_port: options.scheduler_port,
        connect_timeout_seconds: options.connect_timeout_seconds,
        vcores: if options.vcores == 0 { cores } else { options.vcores },
        work_dir: options.work_dir.clone(),
        memory_bytes: options.memory_bytes,
        job_data_seconds: options.job_data_seconds,
        heartbeat_seconds: options.heartbeat_seconds,
        tls: options.cluster_tls()?,
    })
}

/// The ports that were asked for, and free ones where that is any.
async fn ports(options: &Options) -> Result<(u16, u16)> {
    let asked = (options.flight_port, options.grpc_port);
    if asked.0 != 0 && asked.1 != 0 {
        return Ok(asked);
    }
    let free: [u16; 3] = cluster::ports::free_ports(options.bind_host).await?;
    // One of three may be the one that was asked for.
    let mut free = free.into_iter().filter(|port| ![asked.0, asked.1].contains(port));
    let mut or_free = |port: u16| if port == 0 { free.next().unwrap_or_default() } else { port };
    Ok((or_free(asked.0), or_free(asked.1)))
}
