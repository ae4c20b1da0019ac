//! HTTPS: a listener that hands out connections after their handshake.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};
use tracing::{debug, info, warn};

/// Longest handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Handshakes at the same time; more connections wait in the system's queue.
const HANDSHAKES_AT_ONCE: usize = 256;
/// Pause after the system could not hand out a connection, most often for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Files that a server of HTTPS needs. They are read again when they change.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// PEM file with the certificate, and those that lead from it to a root.
    pub certificates: PathBuf,
    /// PEM file with the certificate's private key.
    pub key: PathBuf,
}

impl TlsFiles {
    fn config(&self) -> io::Result<Arc<ServerConfig>> {
        let wrong = |path: &Path, reason: String| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("cannot use `{}` for HTTPS: {reason}", path.display()))
        };
        let certificates = CertificateDer::pem_file_iter(&self.certificates)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(&self.certificates, error.to_string()))?;
        if certificates.is_empty() {
            return Err(wrong(&self.certificates, "expected PEM with a certificate, found none".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| wrong(&self.key, error.to_string()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(|error| wrong(&self.certificates, error.to_string()))?;
        // Clients of Flight SQL speak HTTP/2 only.
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// When the files were changed last; [`None`] while one of them is missing.
    fn changed_at(&self) -> Option<[SystemTime; 2]> {
        let changed = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        Some([changed(&self.certificates)?, changed(&self.key)?])
    }
}

/// Connections that are ready to be spoken on.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Begins to accept connections.
    ///
    /// # Errors
    /// If the files cannot be used.
    pub(crate) fn start(tcp: TcpListener, files: TlsFiles) -> io::Result<Self> {
        let address = tcp.local_addr()?;
        let changed_at = files.changed_at();
        let config = files.config()?;
        let (sender, ready) = mpsc::channel(HANDSHAKES_AT_ONCE);
        tokio::spawn(accept(tcp, Certificates { files, changed_at, config }, sender));
        Ok(Self { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The process is on its way out.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

struct Certificates {
    files: TlsFiles,
    changed_at: Option<[SystemTime; 2]>,
    config: Arc<ServerConfig>,
}

impl Certificates {
    /// The settings of the files as they are now, or as they were when they could be used last.
    fn current(&mut self) -> Arc<ServerConfig> {
        let changed_at = self.files.changed_at();
        if changed_at.is_some() && changed_at != self.changed_at {
            self.changed_at = changed_at;
            match self.files.config() {
                Ok(config) => {
                    info!(file = %self.files.certificates.display(), "certificate read again");
                    self.config = config;
                }
                Err(error) => warn!(error = %error, "new certificate cannot be used, the old one stays"),
            }
        }
        Arc::clone(&self.config)
    }
}

async fn accept(
    tcp: TcpListener,
    mut certificates: Certificates,
    sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES_AT_ONCE));
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        let (stream, address) = match tcp.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                debug!(error = %error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let acceptor = TlsAcceptor::from(certificates.current());
        let sender = sender.clone();
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                // Without a receiver, the server has ended.
                Ok(Ok(stream)) => drop(sender.send((stream, address)).await),
                Ok(Err(error)) => debug!(%address, error = %error, "handshake failed"),
                Err(_) => debug!(%address, "handshake took too long"),
            }
            drop(permit);
        });
    }
}
