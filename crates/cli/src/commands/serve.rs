//! `segue serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::{Context, Result, anyhow};
use athena::signature::Credentials;
use catalog::Catalog;
use clap::Args;
use cluster::{Cluster, ClusterAddress};
use endpoint::{EndpointOptions, Places, Service};
use lake::{Lake, ObjectStores};
use runtime::tls::ServerTls;

use crate::{
    console::Console,
    failure::UsageError,
    interrupt::{Interrupt, Interrupted},
    settings::Settings,
};

const EXAMPLES: &str = "\
Examples:
  segue serve                                   on 127.0.0.1:9100, for this machine only
  export AWS_ENDPOINT_URL=http://127.0.0.1:9100 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
  aws athena start-query-execution --query-string 'SELECT count(*) FROM tracks'
  aws athena get-query-results --query-execution-id ID

Without --scheduler, queries run in this process, a bucket is a folder below --buckets, and the same port answers clients
of S3 for these buckets and, to read, for the lake on this disk as the bucket `lake`; so AWS_ENDPOINT_URL is all that
awswrangler and PyAthena's pandas cursor need. With --real-s3, buckets are those of the S3 server that the AWS_* variables
name, and AWS_ENDPOINT_URL_S3 names it to clients.";

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeArgs {
    /// Address to listen on; others than of this machine need --keys
    #[arg(long, env = "SEGUE_ATHENA_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:9100")]
    bind: SocketAddr,
    /// TOML file of the keys that clients sign with; without it, callers are not asked who they are
    #[arg(long, env = "SEGUE_ATHENA_KEYS", value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Where results go that clients give no place
    #[arg(long, env = "SEGUE_ATHENA_OUTPUT", value_name = "URL", default_value = "s3://results/")]
    output: String,
    /// Folder whose folders are the buckets of s3:// addresses, for queries in this process
    #[arg(long, value_name = "FOLDER", default_value = "data/s3")]
    buckets: PathBuf,
    /// Domain of hosts that are named bucket.DOMAIN, for clients of S3 that do not put the bucket into the path
    #[arg(long, env = "SEGUE_S3_DOMAIN", value_name = "DOMAIN", default_value = "localhost")]
    s3_domain: String,
    /// PEM file of a certificate, and those that lead to its root: HTTPS instead of HTTP; read again when it changes
    #[arg(long, env = "SEGUE_ATHENA_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file of the certificate's private key
    #[arg(long, env = "SEGUE_ATHENA_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where health and metrics are asked for; without it nowhere
    #[arg(long, env = "SEGUE_ADMIN_BIND", value_name = "ADDRESS")]
    admin_bind: Option<SocketAddr>,
    /// Certificates (PEM) with which health and metrics are encrypted, read again when they change; needs --admin-tls-key
    #[arg(long, env = "SEGUE_ADMIN_TLS_CERT", value_name = "FILE")]
    admin_tls_cert: Option<PathBuf>,
    /// Key (PEM) of --admin-tls-cert
    #[arg(long, env = "SEGUE_ADMIN_TLS_KEY", value_name = "FILE")]
    admin_tls_key: Option<PathBuf>,
    /// Queries that run at the same time
    #[arg(long, env = "SEGUE_ATHENA_MAX_RUNNING", value_name = "COUNT", default_value_t = 8)]
    max_running: usize,
    /// Queries of one workgroup that run at the same time; without it, as many as of all
    #[arg(long, env = "SEGUE_ATHENA_MAX_RUNNING_PER_WORKGROUP", value_name = "COUNT")]
    max_running_per_workgroup: Option<usize>,
    /// Take s3:// addresses for those of the S3 server that the AWS_* variables name
    #[arg(long)]
    real_s3: bool,
}

pub(crate) async fn run(
    args: ServeArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    match interrupt.race(serve(args, settings, console)).await {
        // A signal is how people end a server.
        Err(error) if error.is::<Interrupted>() => Ok(()),
        ended => ended,
    }
}

async fn serve(args: ServeArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let mut options = EndpointOptions::on(args.bind);
    options.output_location = Some(args.output);
    options.max_running = args.max_running.max(1);
    options.max_running_per_work_group = args.max_running_per_workgroup.map(|count| count.max(1));
    options.s3_domain = args.s3_domain;
    options.tls = ServerTls::of_files(args.tls_cert.as_deref(), args.tls_key.as_deref()).map_err(UsageError)?;
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let address = settings.cluster()?;
    if !args.real_s3 && matches!(address, ClusterAddress::Embedded { .. }) {
        options.local_buckets = Some(args.buckets);
    }
    if let Some(path) = &args.keys {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        options.credentials =
            Credentials::from_toml(&text).map_err(|reason| anyhow!("`{}`: {reason}", path.display()))?;
    }
    let admin_tls = ServerTls::of_files(args.admin_tls_cert.as_deref(), args.admin_tls_key.as_deref());
    let admin_tls = admin_tls.map_err(UsageError)?;
    let stores = Arc::new(ObjectStores::from_env());
    let store = settings.open_store().await?;
    let lake = Lake::open(&settings.lake, Arc::clone(&stores)).await?;
    let engine = settings.engine();
    let cluster = Cluster::open(&address, &engine, Arc::clone(&stores)).await?;
    let places = Places { catalog: Catalog::new(store, Some(lake)), cluster, engine, stores };
    let bound = endpoint::serve(Service::try_new(places, options)?).await?;
    if let Some(address) = args.admin_bind {
        let admin = runtime::admin::serve(address, admin_tls.as_ref(), || true).await;
        let admin = admin.with_context(|| format!("cannot listen at {address}"))?;
        let scheme = if admin_tls.is_some() { "https" } else { "http" };
        console.notice(format_args!("health and metrics at {scheme}://{admin}"));
    }
    console.notice(format_args!("answering clients of Athena on {scheme}://{bound}; set AWS_ENDPOINT_URL to it"));
    // Until a signal comes.
    std::future::pending().await
}
