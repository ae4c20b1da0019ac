//! A client's session on a cluster.

use std::{sync::Arc, time::Duration};

use ballista::prelude::SessionContextExt;
use ballista_core::{extension::SessionConfigExt, utils::GrpcClientConfig};
use datafusion::{execution::SessionStateBuilder, prelude::SessionContext};
use lake::ObjectStores;
use tokio::net::TcpStream;
use udfs::session::{EngineOptions, register_functions, runtime_env, session_config, session_state};
use url::Url;

use crate::{
    ClusterTls, EmbeddedCluster, Error, Result, attended::AttendingPlanner, cancellations::Cancellations,
    job::Connecting,
};

/// Longest wait for the scheduler's port to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Lets the client ask how its job stands, every 50 ms, instead of being told. Who is told learns the job's name only when
/// one of its tasks ends, and could not cancel it before.
const ASKS_FOR_STATUS: &str = "ballista.client.pull";
const DEFAULT_PORT: u16 = 50050;

/// Where queries run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterAddress {
    /// In this process, on so many cores.
    Embedded {
        /// Tasks that run at the same time.
        vcores: usize,
    },
    /// On the cluster of this scheduler.
    Remote {
        /// `df://host:port`.
        url: String,
        /// With what the cluster encrypts, if it does.
        tls: Option<ClusterTls>,
    },
}

/// A cluster that can be used: its address, and the cluster itself if it is embedded.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    tls: Option<ClusterTls>,
    cancellations: Arc<Cancellations>,
}

impl Cluster {
    /// Reaches or starts the cluster.
    ///
    /// # Errors
    /// [`Error::InvalidAddress`] or [`Error::Unreachable`] for a remote one, as [`EmbeddedCluster::start`] else.
    pub async fn open(address: &ClusterAddress, engine: &EngineOptions, stores: Arc<ObjectStores>) -> Result<Self> {
        match address {
            ClusterAddress::Embedded { vcores } => {
                let embedded = EmbeddedCluster::start(*vcores, engine.clone(), stores).await?;
                Ok(Self::at(embedded.scheduler_url(), None, engine, Some(embedded)))
            }
            ClusterAddress::Remote { url, tls } => {
                check_reachable(url, tls.as_ref()).await?;
                Ok(Self::at(url.clone(), tls.clone(), engine, None))
            }
        }
    }

    fn at(url: String, tls: Option<ClusterTls>, engine: &EngineOptions, embedded: Option<EmbeddedCluster>) -> Self {
        let settings = GrpcClientConfig::from(&session_config(engine).ballista_config());
        let diverted = tls.as_ref().map(|tls| tls.endpoint_override(settings.clone()));
        let cancellations = Arc::new(Cancellations::new(&url, Connecting { settings, diverted }, embedded));
        Self { url, tls, cancellations }
    }

    /// Address of the scheduler.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Makes a session whose queries run on the cluster.
///
/// # Errors
/// [`Error::Session`] if the session cannot be made.
pub async fn connect(cluster: &Cluster, engine: &EngineOptions, stores: Arc<ObjectStores>) -> Result<SessionContext> {
    let runtime = runtime_env(stores, None).map_err(Error::Session)?;
    let mut config = session_config(engine).set_bool(ASKS_FOR_STATUS, true);
    if let Some(tls) = &cluster.tls {
        let settings = GrpcClientConfig::from(&config.ballista_config());
        config = config.with_ballista_override_create_grpc_client_endpoint(tls.endpoint_override(settings));
    }
    let state = session_state(config, runtime).map_err(Error::Session)?;
    let state = SessionContext::remote_with_state(cluster.url(), state).await.map_err(Error::Session)?.state();
    let cancellations = Arc::clone(&cluster.cancellations);
    let planner = AttendingPlanner { inner: Arc::clone(state.query_planner()), cancellations };
    // A state gets its session id when it is built; each connection is a session of its own.
    let state = SessionStateBuilder::new_from_existing(state).with_query_planner(Arc::new(planner)).build();
    let context = SessionContext::new_with_state(state);
    register_functions(&context);
    Ok(context)
}

async fn check_reachable(address: &str, tls: Option<&ClusterTls>) -> Result<()> {
    let invalid = |reason: String| Error::InvalidAddress { address: address.to_owned(), reason };
    let url = Url::parse(address).map_err(|error| invalid(error.to_string()))?;
    if url.scheme() != "df" {
        return Err(invalid(format!("the scheme is `{}`", url.scheme())));
    }
    let host = url.host_str().ok_or_else(|| invalid("the host is missing".to_owned()))?;
    let unreachable = |reason: String| Error::Unreachable { address: address.to_owned(), reason };
    let port = url.port().unwrap_or(DEFAULT_PORT);
    let reaching = async {
        match tls {
            Some(tls) => tls.reach(host, port, Duration::ZERO).await,
            None => TcpStream::connect((host, port)).await.map(drop),
        }
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, reaching).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_) => Err(unreachable(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs()))),
    }
}
