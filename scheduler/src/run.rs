//! Runs the scheduler until it is told to stop.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use cluster::scheduler::{self, Scheduler, SchedulerOptions};
use lake::ObjectStores;
use runtime::{admin, shutdown, telemetry, tls::ServerTls, traces::TraceOptions};
use serde::Serialize;
use tokio::net::TcpListener;
use tracing::{info, warn};
use udfs::session::EngineOptions;

use crate::{endpoint_start, options::Options};

/// Deep plans overflow the usual 2 MB; Ballista's own binary takes the same.
const STACK_BYTES: usize = 32 * 1024 * 1024;
/// Pause between two looks at the running jobs while draining.
const DRAIN_POLL: Duration = Duration::from_millis(100);
/// Time for clients to learn how the last job ended and where its rows are.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Addresses {
    grpc: SocketAddr,
    admin: SocketAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    athena: Option<SocketAddr>,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let traces =
        TraceOptions::new("segue-scheduler", options.otlp_endpoint.as_deref()).map_err(|reason| anyhow!(reason))?;
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
    let address = format!("{}:{}", options.bind_host, options.bind_port);
    let listener = TcpListener::bind(&address).await.with_context(|| format!("cannot listen on {address}"))?;
    let grpc = listener.local_addr()?;
    let stores = Arc::new(ObjectStores::from_env());
    let settings = settings(&options, grpc)?;
    let scheduler = scheduler::create(&settings, Arc::clone(&stores)).await?;
    let admin_address = SocketAddr::new(grpc.ip(), options.admin_port);
    let draining = Arc::new(AtomicBool::new(false));
    let admin = {
        let draining = Arc::clone(&draining);
        let ready = move || !draining.load(Ordering::Relaxed);
        let tls = ServerTls::of_files(options.admin_tls_cert.as_deref(), options.admin_tls_key.as_deref());
        let tls = tls.map_err(|reason| anyhow!(reason))?;
        let admin = admin::serve(admin_address, tls.as_ref(), ready).await;
        admin.with_context(|| format!("cannot listen on {admin_address}"))?
    };
    let serving = {
        let (scheduler, tls) = (scheduler.clone(), settings.tls.clone());
        tokio::spawn(async move { scheduler::serve(listener, scheduler, tls.as_ref()).await })
    };
    let athena = endpoint_start::start(&options.endpoint, grpc, &settings, stores).await?;
    if let Some(path) = &options.ready_file {
        shutdown::write_ready_file(path, &Addresses { grpc, admin, athena })
            .with_context(|| format!("cannot write the ready file `{}`", path.display()))?;
    }
    info!(grpc = %grpc, admin = %admin, "scheduler ready");
    tokio::select! {
        served = serving => served.context("the service panicked")?.map_err(Into::into),
        stopped = shutdown::requested() => {
            stopped?;
            draining.store(true, Ordering::Relaxed);
            drain(&scheduler, Duration::from_secs(options.drain_seconds)).await;
            Ok(())
        }
    }
}

fn settings(options: &Options, grpc: SocketAddr) -> Result<SchedulerOptions> {
    Ok(SchedulerOptions {
        external_host: options.external_host.clone(),
        port: grpc.port(),
        engine: EngineOptions { target_partitions: options.target_partitions, ..EngineOptions::default() },
        job_data_seconds: options.job_data_seconds,
        job_state_seconds: options.job_state_seconds,
        executor_timeout_seconds: options.executor_timeout_seconds,
        tls: options.cluster_tls()?,
    })
}

/// Jobs live in this process's memory only, so those that run are let finish as long as the limit allows, and their
/// clients are given the time to hear of it.
async fn drain(scheduler: &Scheduler, limit: Duration) {
    let deadline = Instant::now() + limit;
    let mut drained = false;
    loop {
        let jobs = scheduler.running_job_number() + scheduler.pending_job_number();
        if jobs == 0 {
            if drained {
                tokio::time::sleep(LAST_WORDS).await;
            }
            info!("no jobs left, stopping");
            return;
        }
        drained = true;
        if Instant::now() > deadline {
            warn!(jobs, "stopping with unfinished jobs, as the drain time is over");
            return;
        }
        tokio::time::sleep(DRAIN_POLL).await;
    }
}
