//! Command line and environment of the executor.

use std::path::PathBuf;

use clap::Parser;
use cluster::ClusterTls;
use runtime::telemetry::LogFormat;

/// Runs the tasks that a scheduler sends and serves their shuffle files to other executors.
///
/// Object store credentials come from the `AWS_*` environment variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`).
#[derive(Debug, Parser)]
#[command(name = "segue-executor", version)]
pub(crate) struct Options {
    /// Host of the scheduler
    #[arg(long, env = "SEGUE_SCHEDULER_HOST", default_value = "localhost")]
    pub(crate) scheduler_host: String,
    /// Port of the scheduler
    #[arg(long, env = "SEGUE_SCHEDULER_PORT", default_value_t = 50050)]
    pub(crate) scheduler_port: u16,
    /// Seconds to wait for the scheduler at the start
    #[arg(long, env = "SEGUE_CONNECT_TIMEOUT_SECONDS", default_value_t = 60)]
    pub(crate) connect_timeout_seconds: u16,
    /// Address to listen on
    #[arg(long, env = "SEGUE_BIND_HOST", default_value = "127.0.0.1")]
    pub(crate) bind_host: std::net::IpAddr,
    /// Name under which other executors reach this one; by default the address that the scheduler sees
    #[arg(long, env = "SEGUE_EXTERNAL_HOST")]
    pub(crate) external_host: Option<String>,
    /// Port of Arrow Flight, which serves shuffle files; 0 takes a free one
    #[arg(long, env = "SEGUE_FLIGHT_PORT", default_value_t = 0)]
    pub(crate) flight_port: u16,
    /// Port of gRPC, by which tasks arrive; 0 takes a free one
    #[arg(long, env = "SEGUE_GRPC_PORT", default_value_t = 0)]
    pub(crate) grpc_port: u16,
    /// Port of /healthz, /readyz and /metrics; 0 takes a free one
    #[arg(long, env = "SEGUE_ADMIN_PORT", default_value_t = 50053)]
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
    /// Tasks that run at the same time; 0 takes the number of cores
    #[arg(long, env = "SEGUE_VCORES", default_value_t = 0)]
    pub(crate) vcores: usize,
    /// Folder in which each executor makes one for its shuffle files and spills; give it room for the largest shuffle
    #[arg(long, env = "SEGUE_WORK_DIR", default_value = "/tmp/segue-executor")]
    pub(crate) work_dir: PathBuf,
    /// Memory of all tasks together in bytes; by default 70 % of the machine's or the container's
    #[arg(long, env = "SEGUE_MEMORY_BYTES")]
    pub(crate) memory_bytes: Option<u64>,
    /// Seconds after which the shuffle files of a job are removed, whatever became of it
    #[arg(long, env = "SEGUE_JOB_DATA_SECONDS", default_value_t = 86400)]
    pub(crate) job_data_seconds: u64,
    /// Seconds between two signs of life; several must fit into the scheduler's --executor-timeout-seconds
    #[arg(long, env = "SEGUE_HEARTBEAT_SECONDS", default_value_t = 10)]
    pub(crate) heartbeat_seconds: u64,
    /// File to write the addresses to, as JSON, once the executor is registered
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Options::command().debug_assert();
    }
}
