//! Listeners that encrypt, for what leaves the machine.

use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
    server::TlsStream,
};
use tracing::{debug, warn};

/// Longest time for a client to agree on encryption.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Clients that agree on it at the same time; more wait.
const HANDSHAKES: usize = 64;
/// Pause after the machine could not take a connection, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_secs(1);

/// A certificate and its key.
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

impl ServerTls {
    /// Reads the chain of certificates, the server's own first, and the key, both as PEM. A file that changes later is
    /// read at the next start.
    ///
    /// # Errors
    /// Which file cannot be used, and why; its content is not repeated.
    pub fn read(certificates: &Path, key: &Path) -> Result<Self, String> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(read_chain(certificates)?, read_key(key)?)
            .map_err(|error| unusable(key, &format!("it does not fit `{}`: {error}", certificates.display())))?;
        Ok(Self { config: Arc::new(config) })
    }

    /// As [`Self::read`], for clients that show a certificate of an authority, whose own certificates are in a third file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn mutual(certificates: &Path, key: &Path, authority: &Path) -> Result<Self, String> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in read_chain(authority)? {
            roots.add(certificate).map_err(|error| unusable(authority, &error))?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let verifier = verifier.map_err(|error| unusable(authority, &error))?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(verifier)
            .with_single_cert(read_chain(certificates)?, read_key(key)?)
            .map_err(|error| unusable(key, &format!("it does not fit `{}`: {error}", certificates.display())))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { config: Arc::new(config) })
    }

    /// Both files, or neither.
    ///
    /// # Errors
    /// As [`Self::read`], and if only one is given.
    pub fn of_files(certificates: Option<&Path>, key: Option<&Path>) -> Result<Option<Self>, String> {
        match (certificates, key) {
            (Some(certificates), Some(key)) => Self::read(certificates, key).map(Some),
            (None, None) => Ok(None),
            _ => Err("a certificate needs its key, and a key its certificate: give both or neither".to_owned()),
        }
    }

    /// The same for protocols by their names, such as `h2`, which a client of gRPC insists on.
    #[must_use]
    pub fn speaking(&self, protocols: &[&str]) -> Self {
        let mut config = ServerConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Self { config: Arc::new(config) }
    }

    /// Encrypts what a listener takes. A client that is slow about it holds up nobody else.
    ///
    /// # Errors
    /// An IO error if the listener has no address.
    pub fn listen(&self, listener: TcpListener) -> io::Result<TlsListener> {
        let address = listener.local_addr()?;
        let (agreed, ready) = mpsc::channel(HANDSHAKES);
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::clone(&self.config)), agreed));
        Ok(TlsListener { address, ready })
    }
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match chain {
        Ok(chain) if chain.is_empty() => Err(unusable(path, &"it has no certificate in PEM form")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, reason: &dyn std::fmt::Display) -> String {
    format!("cannot use `{}`: {reason}", path.display())
}

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Connections that are encrypted.
#[derive(Debug)]
pub struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<Accepted>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The other end lives as long as this one.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, agreed: mpsc::Sender<Accepted>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let connected = tokio::select! {
            connected = listener.accept() => connected,
            () = agreed.closed() => return,
        };
        let (stream, peer) = match connected {
            Ok(connected) => connected,
            Err(error) => {
                warn!(error = %error, "cannot take a connection");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (acceptor, agreed) = (acceptor.clone(), agreed.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                // Nobody takes it only when the listener is gone.
                Ok(Ok(stream)) => drop(agreed.send((stream, peer)).await),
                Ok(Err(error)) => debug!(%peer, error = %error, "a client did not agree on encryption"),
                Err(_) => debug!(%peer, "a client was too slow to agree on encryption"),
            }
            drop(place);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_pairs_and_are_named_when_they_are_wrong() {
        let missing = Path::new("/nowhere/cert.pem");
        assert!(ServerTls::of_files(None, None).unwrap().is_none());
        assert!(ServerTls::of_files(Some(missing), None).unwrap_err().contains("both or neither"));
        assert!(ServerTls::read(missing, missing).unwrap_err().contains("cannot use `/nowhere/cert.pem`"));
    }
}
