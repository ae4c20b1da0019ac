//! The end of a connection that has Ballista's client before it.

use std::{
    collections::HashMap,
    error::Error as StdError,
    fmt, io,
    os::unix::net::UnixListener as StdUnixListener,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ballista_core::utils::{GrpcClientConfig, create_grpc_client_endpoint};
use tempfile::TempDir;
use tokio::{io::copy_bidirectional, net::UnixListener, time::timeout};
use tonic::transport::Endpoint;
use tracing::warn;

use super::ClusterTls;

/// A target that nobody was connected to for so long is forgotten; executors come and go.
const IDLE_LIMIT: Duration = Duration::from_secs(3600);
const DEFAULT_PORT: u16 = 50050;

type Target = (String, u16);

/// The sockets by which this process reaches others, in a folder that only its user can enter.
pub(super) struct Dialer {
    folder: TempDir,
    sockets: Mutex<HashMap<Target, PathBuf>>,
    made: AtomicUsize,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Dialer").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}

impl Dialer {
    pub(super) fn try_new() -> io::Result<Self> {
        // Only its owner may enter a temporary folder.
        let folder = tempfile::Builder::new().prefix("segue-tls-").tempdir()?;
        Ok(Self { folder, sockets: Mutex::default(), made: AtomicUsize::new(0) })
    }

    /// A panic elsewhere cannot leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<Target, PathBuf>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An endpoint that leads to the same target through a socket of the dialer.
pub(super) fn divert(
    tls: &ClusterTls,
    settings: &GrpcClientConfig,
    endpoint: &Endpoint,
) -> Result<Endpoint, Box<dyn StdError + Send + Sync>> {
    let uri = endpoint.uri();
    let host = uri.host().ok_or_else(|| format!("`{uri}` has no host"))?;
    // Addresses of IPv6 stand in brackets there.
    let target = (host.trim_matches(['[', ']']).to_owned(), uri.port_u16().unwrap_or(DEFAULT_PORT));
    let socket = socket_of(tls, target)?;
    Ok(create_grpc_client_endpoint(format!("unix:{}", socket.display()), Some(settings))?)
}

fn socket_of(tls: &ClusterTls, target: Target) -> io::Result<PathBuf> {
    let mut sockets = tls.0.dialer.lock();
    if let Some(socket) = sockets.get(&target) {
        return Ok(socket.clone());
    }
    let number = tls.0.dialer.made.fetch_add(1, Ordering::Relaxed);
    let path = tls.0.dialer.folder.path().join(format!("{number}.sock"));
    let listener = StdUnixListener::bind(&path)?;
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener)?;
    tokio::spawn(lead(tls.clone(), listener, target.clone(), path.clone()));
    sockets.insert(target, path.clone());
    Ok(path)
}

/// Leads whoever connects to a socket to its target.
async fn lead(tls: ClusterTls, listener: UnixListener, target: Target, path: PathBuf) {
    let connected = Arc::new(());
    loop {
        let mut inner = match timeout(IDLE_LIMIT, listener.accept()).await {
            Ok(Ok((inner, _))) => inner,
            Ok(Err(error)) => {
                warn!(error = %error, "cannot take a connection to another process");
                tokio::time::sleep(super::PAUSE).await;
                continue;
            }
            Err(_) if is_idle(&connected) => return forget(&tls, &target, &path),
            Err(_) => continue,
        };
        let (tls, target, connected) = (tls.clone(), target.clone(), Arc::clone(&connected));
        tokio::spawn(async move {
            match tls.dial(&target.0, target.1).await {
                Ok(mut outer) => {
                    // However it ends, Ballista's client sees it.
                    let _ended = copy_bidirectional(&mut inner, &mut outer).await;
                }
                Err(error) => {
                    warn!(host = target.0, port = target.1, error = %error, "cannot reach a process of the cluster");
                }
            }
            drop(connected);
        });
    }
}

fn is_idle(connected: &Arc<()>) -> bool {
    Arc::strong_count(connected) == 1
}

fn forget(tls: &ClusterTls, target: &Target, path: &Path) {
    tls.0.dialer.lock().remove(target);
    // It goes with the folder at the latest.
    let _gone = std::fs::remove_file(path);
}
