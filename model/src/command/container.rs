//! `segue-model container`: the entry point of a `SageMaker` image, which is called with `train` or `serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::{Args, ValueEnum};
use lake::{Lake, ObjectStores};
use runtime::telemetry::LogFormat;

use super::{cli::ComputeArgs, train::progress};
use crate::{
    Error, Result,
    artefact::{self, ModelSelector},
    serve::{ContainerPaths, EngineOptions, ServeOptions, serve, train_in_container},
};

/// Where the service expects the server, on all addresses of the container.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 8080);

/// The service kills 30 s after it has asked to stop.
const DRAIN: Duration = Duration::from_secs(25);

/// Arguments of `container`.
#[derive(Debug, Args)]
pub(super) struct ContainerArgs {
    /// What the service asks for.
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    compute: ComputeArgs,
    /// Where the contract's folders stand.
    #[arg(long, value_name = "DIR", default_value = "/opt/ml")]
    root: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "IP:PORT", default_value_t = ADDRESS)]
    address: SocketAddr,
    /// File to write the address to once the server listens.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

/// What the service asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Train on the one input channel.
    Train,
    /// Answer on port 8080.
    Serve,
}

pub(super) async fn run(args: ContainerArgs, log_format: LogFormat) -> Result<()> {
    let device = args.compute.apply()?;
    let paths = ContainerPaths::new(&args.root);
    if args.what == What::Train {
        return train_in_container(&paths, device, &mut *progress(log_format)).await;
    }
    let folder = paths.model().display().to_string();
    let lake = Lake::open(&folder, Arc::new(ObjectStores::from_env()))
        .await
        .map_err(Error::lake("open the lake at", folder))?;
    let id = artefact::resolve(&lake, ModelSelector::Latest).await?;
    let (_, model) = artefact::load(&lake, id, device).await?;
    let (address, ready_file) = (args.address, args.ready_file);
    let options = ServeOptions {
        address,
        grpc_port: None,
        tls: None,
        engine: EngineOptions::default(),
        watch: Duration::ZERO,
        drain: DRAIN,
        ready_file,
    };
    serve(lake, id, model, device, options).await
}
