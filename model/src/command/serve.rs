//! `segue-model serve`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use runtime::tls::ServerTls;

use super::cli::{ComputeArgs, LakeArgs};
use crate::{
    Error, Result,
    artefact::{self, ModelSelector},
    serve::{EngineOptions, ServeOptions, serve},
};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// Model: its id, or `latest`, which is looked for again and again.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    #[command(flatten)]
    server: ServerArgs,
}

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct ServerArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "SEGUE_MODEL_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Port of the Open Inference Protocol over gRPC, at the same address; port 0 takes a free one. Without it there is no
    /// gRPC.
    #[arg(long, env = "SEGUE_MODEL_GRPC_PORT", value_name = "PORT")]
    grpc_port: Option<u16>,
    /// Certificates (PEM) with which all of that is encrypted, read again when they change; needs --tls-key.
    #[arg(long, env = "SEGUE_MODEL_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Key (PEM) of --tls-cert.
    #[arg(long, env = "SEGUE_MODEL_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Playlists that may wait; more are refused with 503.
    #[arg(long, value_name = "COUNT", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    queue: u32,
    /// Most playlists that are answered together.
    #[arg(long, value_name = "COUNT", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    batch: u32,
    /// Milliseconds that the first of a batch waits for others.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(..=1_000))]
    batch_wait_ms: u64,
    /// Seconds between looks for a newer model; 0 never looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    watch_seconds: u64,
    /// Seconds that requests under way may take once a stop is asked for.
    #[arg(long, value_name = "SECONDS", default_value_t = 25)]
    drain_seconds: u64,
    /// File to write the addresses to once the server listens.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

pub(super) async fn run(args: ServeArgs) -> Result<()> {
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (_, model) = artefact::load(&lake, id, device).await?;
    let mut options = args.server.options()?;
    if matches!(args.model, ModelSelector::Id(_)) {
        options.watch = Duration::ZERO;
    }
    serve(lake, id, model, device, options).await
}

impl ServerArgs {
    pub(super) fn options(&self) -> Result<ServeOptions> {
        let tls = ServerTls::of_files(self.tls_cert.as_deref(), self.tls_key.as_deref());
        let tls = tls.map_err(|problem| Error::Configuration { field: "tls-cert".to_owned(), problem })?;
        Ok(ServeOptions {
            address: self.address,
            grpc_port: self.grpc_port,
            tls,
            engine: EngineOptions {
                queue: self.queue as usize,
                batch: self.batch as usize,
                wait: Duration::from_millis(self.batch_wait_ms),
            },
            watch: Duration::from_secs(self.watch_seconds),
            drain: Duration::from_secs(self.drain_seconds),
            ready_file: self.ready_file.clone(),
        })
    }
}
