//! Mutual TLS among scheduler, executors and clients.
//!
//! Ballista 55.0.0 has no place for it: its executor listens in the clear, and its scheduler's service takes a plain
//! listener. So whatever a process says to another goes through a pair of ends of this module, which only the bytes of
//! gRPC pass:
//!
//! ```text
//! Ballista's client ─► Unix socket ─► Dialer ═══ TLS, both show a certificate ═══► Terminator ─► 127.0.0.1 ─► Ballista's service
//!                      (folder 0700)                                              (public address)
//! ```
//!
//! Every process has a certificate of one authority, and all of these are for one name: who has one is part of the cluster,
//! whatever its address is. Certificates that are renewed are read again at the next connection, at both ends. Within a machine, or a pod, the service still listens in the clear, on loopback only.

mod dialer;
mod terminator;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ballista_core::{extension::EndpointOverrideFn, utils::GrpcClientConfig};
use runtime::tls::{Renewed, ServerTls, read_chain, read_key, read_roots};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, timeout},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName},
};

use crate::{Error, Result};
use dialer::Dialer;

/// Longest time to connect and to agree on encryption.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between two tries to reach a process that may not be up yet.
const PAUSE: Duration = Duration::from_millis(500);

/// Files of a process of an encrypted cluster, all of them PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterTlsFiles {
    /// Certificates of the authority whose certificates are trusted, and no other's.
    pub authority: PathBuf,
    /// The process's own certificate, and those that lead to the authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The name that all certificates of the cluster are for.
    pub name: String,
}

/// What a process needs to be part of an encrypted cluster.
#[derive(Clone)]
pub struct ClusterTls(Arc<Shared>);

struct Shared {
    files: ClusterTlsFiles,
    server: ServerTls,
    client: Mutex<Renewed<ClientConfig>>,
    name: ServerName<'static>,
    dialer: Dialer,
}

impl fmt::Debug for ClusterTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClusterTls").field("files", &self.0.files).finish_non_exhaustive()
    }
}

impl PartialEq for ClusterTls {
    fn eq(&self, other: &Self) -> bool {
        self.0.files == other.0.files
    }
}

impl Eq for ClusterTls {}

impl ClusterTls {
    /// Reads the files, which are read again when they change.
    ///
    /// # Errors
    /// [`Error::Tls`] says which file cannot be used, and why; its content is not repeated.
    pub fn read(files: ClusterTlsFiles) -> Result<Self> {
        let refused = |reason: String| Error::Tls { reason };
        let server = ServerTls::mutual(&files.certificate, &files.key, &files.authority).map_err(refused)?;
        let name = ServerName::try_from(files.name.clone());
        let name = name.map_err(|_| refused(format!("`{}` is no name of a certificate", files.name)))?;
        let watched = [&files.authority, &files.certificate, &files.key].map(Clone::clone).into();
        let client = Renewed::try_new(watched, || files.client_config()).map_err(refused)?;
        let dialer = Dialer::try_new().map_err(Error::io("make a folder for sockets"))?;
        Ok(Self(Arc::new(Shared { files, server, client: Mutex::new(client), name, dialer })))
    }

    /// All three files, or none.
    ///
    /// # Errors
    /// As [`Self::read`], and if only some are given.
    pub fn of_files(
        authority: Option<&Path>,
        certificate: Option<&Path>,
        key: Option<&Path>,
        name: &str,
    ) -> Result<Option<Self>> {
        match (authority, certificate, key) {
            (Some(authority), Some(certificate), Some(key)) => {
                let [authority, certificate, key] = [authority, certificate, key].map(Path::to_owned);
                Self::read(ClusterTlsFiles { authority, certificate, key, name: name.to_owned() }).map(Some)
            }
            (None, None, None) => Ok(None),
            _ => {
                let reason = "an encrypted cluster needs --cluster-tls-ca, --cluster-tls-cert and --cluster-tls-key";
                Err(Error::Tls { reason: reason.to_owned() })
            }
        }
    }

    /// Encrypts what comes to a listener and passes it on to a service on loopback, for as long as the process runs.
    pub(crate) fn terminate(&self, listener: TcpListener, service: std::net::SocketAddr) -> Result<()> {
        terminator::start(&self.0.server, listener, service).map_err(Error::io("read the address of a listener"))
    }

    /// Sends what a client of Ballista has to say to its target by way of the dialer.
    pub(crate) fn endpoint_override(&self, settings: GrpcClientConfig) -> EndpointOverrideFn {
        let tls = self.clone();
        Arc::new(move |endpoint| dialer::divert(&tls, &settings, &endpoint))
    }

    /// Waits until a process of the cluster answers.
    pub(crate) async fn reach(&self, host: &str, port: u16, limit: Duration) -> std::io::Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            match self.dial(host, port).await {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Connects to a process of the cluster.
    async fn dial(&self, host: &str, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
        let connecting = async {
            let stream = TcpStream::connect((host, port)).await?;
            stream.set_nodelay(true)?;
            TlsConnector::from(self.client_config()).connect(self.0.name.clone(), stream).await
        };
        timeout(CONNECT_TIMEOUT, connecting).await?
    }

    /// What the files say now.
    fn client_config(&self) -> Arc<ClientConfig> {
        // A panic elsewhere cannot leave it half changed.
        let mut client = self.0.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.current(|| self.0.files.client_config())
    }
}

impl ClusterTlsFiles {
    fn client_config(&self) -> std::result::Result<ClientConfig, String> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(read_roots(&self.authority)?)
            .with_client_auth_cert(read_chain(&self.certificate)?, read_key(&self.key)?)
            .map_err(|error| format!("cannot use `{}`: {error}", self.key.display()))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

/// Where Ballista's service listens in the clear while its address is taken by the encrypted one.
///
/// # Errors
/// [`Error::Tls`] if the address is that of all interfaces: loopback is one of them.
pub(crate) fn loopback_beside(public: IpAddr) -> Result<IpAddr> {
    let first = IpAddr::V4(Ipv4Addr::LOCALHOST);
    match public {
        public if public.is_unspecified() => Err(Error::Tls {
            reason: format!("an executor cannot encrypt on {public}, all addresses at once: name one with --bind-host"),
        }),
        // All of 127.0.0.0/8 is loopback.
        public if public == first => Ok(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))),
        _ => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_service_is_beside_the_encrypted_one() {
        let of = |address: &str| loopback_beside(address.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(of("10.0.0.7").unwrap(), "127.0.0.1");
        assert_eq!(of("127.0.0.1").unwrap(), "127.0.0.2");
        assert!(of("0.0.0.0").unwrap_err().to_string().contains("--bind-host"));
    }
}
