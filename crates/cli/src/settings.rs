//! What every command may be told: where lake, database and cluster are, and how much to say.

use std::{convert::Infallible, path::PathBuf, str::FromStr, sync::Arc};

use anyhow::Result;
use clap::Args;
use cluster::{ClusterAddress, ClusterTls};
use lake::{Lake, ObjectStores};
use pipeline::{LakeEngine, Workspace};
use runtime::telemetry::LogFormat;
use store::{DatabaseUrl, Store, StoreOptions};
use udfs::session::EngineOptions;

use crate::place;

const DEFAULT_LAKE: &str = "data/lake";
const DEFAULT_DATABASE: &str = "sqlite://data/segue.db";
/// Enough that no core waits long for another at the end of a stage; more of them cost more than they bring.
const PARTITIONS_PER_CORE: usize = 2;
const LEAST_PARTITIONS: usize = 4;
/// What the engine in this process says about a failed job is in the job's error, too.
const DEFAULT_LOG: &str = "warn,ballista_core=off,ballista_executor=off,ballista_scheduler=off";

/// Settings that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of all commands")]
pub(crate) struct Settings {
    /// Lake: a path, file:///path or s3://bucket/prefix
    #[arg(
        long,
        env = "SEGUE_LAKE",
        global = true,
        value_name = "URL",
        default_value = DEFAULT_LAKE,
        value_parser = place::parse
    )]
    pub(crate) lake: String,
    /// Database of runs and predictions: sqlite://PATH or mysql://USER@HOST/DATABASE; an address with a password
    /// (mysql://USER:PASSWORD@…) belongs in the variable SEGUE_DATABASE, as others see the arguments of a program
    #[arg(
        long,
        env = "SEGUE_DATABASE",
        hide_env_values = true,
        global = true,
        value_name = "URL",
        default_value = DEFAULT_DATABASE
    )]
    pub(crate) database: DatabaseArgument,
    /// Scheduler of a cluster: df://host:port; without it, queries run in this process
    #[arg(long, env = "SEGUE_SCHEDULER", global = true, value_name = "URL")]
    pub(crate) scheduler: Option<String>,
    /// Certificates (PEM) of the cluster's authority: scheduler, executors and clients then encrypt what they tell each other,
    /// and show each other certificates of it
    #[arg(long, env = "SEGUE_CLUSTER_TLS_CA", global = true, value_name = "FILE")]
    cluster_tls_ca: Option<PathBuf>,
    /// Certificate (PEM) of this process, for the name of the cluster
    #[arg(long, env = "SEGUE_CLUSTER_TLS_CERT", global = true, value_name = "FILE")]
    cluster_tls_cert: Option<PathBuf>,
    /// Key (PEM) of --cluster-tls-cert
    #[arg(long, env = "SEGUE_CLUSTER_TLS_KEY", global = true, value_name = "FILE")]
    cluster_tls_key: Option<PathBuf>,
    /// Name that all certificates of the cluster are for
    #[arg(long, env = "SEGUE_CLUSTER_TLS_NAME", global = true, value_name = "NAME", default_value = "segue")]
    cluster_tls_name: String,
    /// Partitions of a stage, 2 to 4 per core of the cluster [default: 2 per core in this process, else 16]
    #[arg(
        long,
        env = "SEGUE_TARGET_PARTITIONS",
        global = true,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u16).range(1..=10_000)
    )]
    pub(crate) partitions: Option<u16>,
    /// What to log to standard error, in the syntax of RUST_LOG [default: warn, without the engine's own lines]
    #[arg(long, env = "SEGUE_LOG", global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Form of the log lines: text or json
    #[arg(long, env = "SEGUE_LOG_FORMAT", global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Collector that is told of spans, by OTLP over HTTP: http://host:4318; without it there are none
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL")]
    pub(crate) otlp_endpoint: Option<String>,
    /// Span of whoever starts the command, whose part it is then: the W3C's `traceparent`
    #[arg(long, env = "TRACEPARENT", global = true, hide = true, value_name = "PARENT")]
    pub(crate) trace_parent: Option<String>,
    /// Show no progress and no notices; errors still come
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Set to anything, as <https://no-color.org> has it.
    #[arg(
        long,
        env = "NO_COLOR",
        global = true,
        hide = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    pub(crate) no_color: Option<String>,
}

impl Settings {
    /// Whether text may be emphasised, as far as the person is concerned.
    pub(crate) fn allows_colour(&self) -> bool {
        self.no_color.as_deref().is_none_or(str::is_empty)
    }

    /// What to log to standard error.
    pub(crate) fn log(&self) -> &str {
        self.log.as_deref().unwrap_or(DEFAULT_LOG)
    }

    /// Arguments that make the trainer log as this command does.
    pub(crate) fn trainer_log(&self) -> Vec<String> {
        let format = match self.log_format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        let mut arguments = vec!["--log-format".to_owned(), format.to_owned()];
        let filter = self.log.as_deref().or(self.quiet.then_some("error"));
        arguments.extend(filter.into_iter().flat_map(|filter| ["--log".to_owned(), filter.to_owned()]));
        let collector = self.otlp_endpoint.iter();
        arguments.extend(collector.flat_map(|address| ["--otlp-endpoint".to_owned(), address.clone()]));
        arguments
    }

    /// Where queries run.
    ///
    /// # Errors
    /// If the files of an encrypted cluster cannot be used.
    pub(crate) fn cluster(&self) -> Result<ClusterAddress> {
        let Some(url) = self.remote() else { return Ok(ClusterAddress::Embedded { vcores: processors() }) };
        let [authority, certificate, key] =
            [&self.cluster_tls_ca, &self.cluster_tls_cert, &self.cluster_tls_key].map(Option::as_deref);
        let tls = ClusterTls::of_files(authority, certificate, key, &self.cluster_tls_name)?;
        Ok(ClusterAddress::Remote { url: url.to_owned(), tls })
    }

    /// The scheduler, if queries do not run in this process.
    pub(crate) fn remote(&self) -> Option<&str> {
        self.scheduler.as_deref().filter(|url| !url.is_empty())
    }

    /// How queries are divided. A cluster's size is not known here, so it gets the engine's default.
    pub(crate) fn engine(&self) -> EngineOptions {
        let mut engine = EngineOptions::default();
        if self.remote().is_none() {
            engine.target_partitions = LEAST_PARTITIONS.max(processors() * PARTITIONS_PER_CORE);
        }
        if let Some(partitions) = self.partitions {
            engine.target_partitions = usize::from(partitions);
        }
        engine
    }

    /// The places as arguments of another command, each with a space before it; none if all are the usual ones. A
    /// server's address may have a password, so it is left to the environment.
    pub(crate) fn as_arguments(&self) -> String {
        let mut arguments = String::new();
        if self.lake != DEFAULT_LAKE {
            arguments.push_str(&format!(" --lake {}", self.lake));
        }
        let database = self.database.url().map(ToString::to_string).unwrap_or_default();
        if database != DEFAULT_DATABASE && database.starts_with("sqlite:") {
            arguments.push_str(&format!(" --database {database}"));
        }
        arguments
    }

    pub(crate) async fn open_lake(&self) -> Result<Lake> {
        Ok(Lake::open(&self.lake, Arc::new(ObjectStores::from_env())).await?)
    }

    pub(crate) async fn open_store(&self) -> Result<Store> {
        Ok(Store::connect(self.database.url()?, &StoreOptions::default()).await?)
    }

    pub(crate) async fn open_engine(&self) -> Result<LakeEngine> {
        Ok(LakeEngine::open(&self.lake, &self.cluster()?, self.engine()).await?)
    }

    pub(crate) async fn open_workspace(&self) -> Result<Workspace> {
        let database = self.database.url()?;
        Ok(Workspace::open(&self.lake, database, &self.cluster()?, self.engine()).await?)
    }
}

/// Cores that this process may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A database's address as typed.
///
/// It is judged when it is used and not when the command line is parsed, as clap would repeat a wrong one on the
/// screen, its password included.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseArgument {
    parsed: Result<DatabaseUrl, Arc<store::Error>>,
}

impl DatabaseArgument {
    /// The address, or what is wrong with it.
    pub(crate) fn url(&self) -> Result<&DatabaseUrl> {
        self.parsed.as_ref().map_err(|error| anyhow::Error::new(Arc::clone(error)))
    }
}

impl FromStr for DatabaseArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { parsed: text.parse().map_err(Arc::new) })
    }
}
