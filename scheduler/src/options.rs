//! Command line and environment of the scheduler.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser};
use cluster::ClusterTls;
use runtime::telemetry::LogFormat;

/// Plans queries, divides them into tasks and sends these to executors.
///
/// Object store credentials come from the `AWS_*` environment variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`).
#[derive(Debug, Parser)]
#[command(name = "segue-scheduler", version)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, env = "SEGUE_BIND_HOST", default_value = "127.0.0.1")]
    pub(crate) bind_host: String,
    /// Port of gRPC and REST; 0 takes a free one
    #[arg(long, env = "SEGUE_BIND_PORT", default_value_t = 50050)]
    pub(crate) bind_port: u16,
    /// Name under which executors and clients reach this scheduler
    #[arg(long, env = "SEGUE_EXTERNAL_HOST", default_value = "localhost")]
    pub(crate) external_host: String,
    /// Port of /healthz, /readyz and /metrics; 0 takes a free one
    #[arg(long, env = "SEGUE_ADMIN_PORT", default_value_t = 50054)]
    pub(crate) admin_port: u16,
    /// Certificates (PEM) with which /healthz, /readyz and /metrics are encrypted, read again when they change; needs --admin-tls-key
    #[arg(long, env = "SEGUE_ADMIN_TLS_CERT", value_name = "FILE")]
    pub(crate) admin_tls_cert: Option<PathBuf>,
    /// Key (PEM) of --admin-tls-cert
    #[arg(long, env = "SEGUE_ADMIN_TLS_KEY", value_name = "FILE")]
    pub(crate) admin_tls_key: Option<PathBuf>,
    /// Certificates (PEM) of the cluster's authority: scheduler, executors and clients then encrypt what they tell each other,
    /// and show each other certificates of it
    #[arg(long, env = "SEGUE_CLUSTER_TLS_CA", value_name = "FILE")]
    cluster_tls_ca: Option<PathBuf>,
    /// Certificate (PEM) of this process, for the name of the cluster
    #[arg(long, env = "SEGUE_CLUSTER_TLS_CERT", value_name = "FILE")]
    cluster_tls_cert: Option<PathBuf>,
    /// Key (PEM) of --cluster-tls-cert
    #[arg(long, env = "SEGUE_CLUSTER_TLS_KEY", value_name = "FILE")]
    cluster_tls_key: Option<PathBuf>,
    /// Name that all certificates of the cluster are for
    #[arg(long, env = "SEGUE_CLUSTER_TLS_NAME", value_name = "NAME", default_value = "segue")]
    cluster_tls_name: String,
    /// Partitions of a stage, for clients that do not say; 2 to 4 per core of the cluster
    #[arg(long, env = "SEGUE_TARGET_PARTITIONS", default_value_t = 16)]
    pub(crate) target_partitions: usize,
    /// Seconds after which the shuffle files of a finished job are removed
    #[arg(long, env = "SEGUE_JOB_DATA_SECONDS", default_value_t = 300)]
    pub(crate) job_data_seconds: u64,
    /// Seconds after which a finished job is forgotten
    #[arg(long, env = "SEGUE_JOB_STATE_SECONDS", default_value_t = 3600)]
    pub(crate) job_state_seconds: u64,
    /// Seconds without a sign of life after which an executor is lost and its tasks run elsewhere
    #[arg(long, env = "SEGUE_EXECUTOR_TIMEOUT_SECONDS", default_value_t = 60)]
    pub(crate) executor_timeout_seconds: u64,
    /// Seconds to let running jobs finish after SIGTERM
    #[arg(long, env = "SEGUE_DRAIN_SECONDS", default_value_t = 300)]
    pub(crate) drain_seconds: u64,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArguments,
    /// File to write the addresses to, as JSON, once the scheduler is ready
    #[arg(long, env = "SEGUE_READY_FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// What to log, in the syntax of RUST_LOG
    #[arg(
        long,
        env = "SEGUE_LOG",
        default_value = "info,ballista_scheduler=warn,ballista_executor=warn,ballista_core=warn"
    )]
    pub(crate) log: String,
    /// Form of the log lines: text or json
    #[arg(long, env = "SEGUE_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Collector that is told of spans, by OTLP over HTTP: http://host:4318; without it there are none
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub(crate) otlp_endpoint: Option<String>,
}

impl Options {
    /// With what the cluster encrypts, if it does.
    pub(crate) fn cluster_tls(&self) -> cluster::Result<Option<ClusterTls>> {
        let [authority, certificate, key] =
            [&self.cluster_tls_ca, &self.cluster_tls_cert, &self.cluster_tls_key].map(Option::as_deref);
        ClusterTls::of_files(authority, certificate, key, &self.cluster_tls_name)
    }
}

/// The Athena-compatible endpoint.
#[derive(Debug, Args)]
#[command(next_help_heading = "Athena-compatible endpoint")]
pub(crate) struct EndpointArguments {
    /// Address of the endpoint for Athena's clients, such as 127.0.0.1:9100; without it there is none; port 0 takes a
    /// free one
    #[arg(long, env = "SEGUE_ATHENA_BIND", value_name = "ADDRESS", requires = "lake")]
    pub(crate) athena_bind: Option<SocketAddr>,
    /// TOML file of the keys that clients sign with; needed on addresses that others can reach
    #[arg(long, env = "SEGUE_ATHENA_KEYS", value_name = "FILE", requires = "athena_bind")]
    pub(crate) athena_keys: Option<PathBuf>,
    /// Where results go that neither client nor workgroup gives a place: s3://bucket/prefix/
    #[arg(long, env = "SEGUE_ATHENA_OUTPUT", value_name = "URL", requires = "athena_bind")]
    pub(crate) athena_output: Option<String>,
    /// PEM file of a certificate, and those that lead to its root: the endpoint speaks HTTPS instead of HTTP; read again
    /// when it changes
    #[arg(long, env = "SEGUE_ATHENA_TLS_CERT", value_name = "FILE", requires = "athena_tls_key")]
    pub(crate) athena_tls_cert: Option<PathBuf>,
    /// PEM file of the certificate's private key
    #[arg(long, env = "SEGUE_ATHENA_TLS_KEY", value_name = "FILE", requires = "athena_tls_cert")]
    pub(crate) athena_tls_key: Option<PathBuf>,
    /// Queries of the endpoint that run at the same time
    #[arg(long, env = "SEGUE_ATHENA_MAX_RUNNING", value_name = "COUNT", default_value_t = 8)]
    pub(crate) athena_max_running: usize,
    /// Queries of one workgroup that run at the same time; without it, as many as of all
    #[arg(long, env = "SEGUE_ATHENA_MAX_RUNNING_PER_WORKGROUP", value_name = "COUNT")]
    pub(crate) athena_max_running_per_workgroup: Option<usize>,
    /// Lake whose tables the endpoint shows: a path, file:///path or s3://bucket/prefix
    #[arg(long, env = "SEGUE_LAKE", value_name = "URL")]
    pub(crate) lake: Option<String>,
    /// Database of the catalog and of the queries' history; an address with a password belongs in the variable
    #[arg(
        long,
        env = "SEGUE_DATABASE",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite://data/segue.db"
    )]
    pub(crate) database: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Options::command().debug_assert();
    }
}
