//! Listeners that encrypt, for what leaves the machine.
//!
//! Certificates are renewed while processes run, so what is made of their files is [`Renewed`]: a connection is agreed on
//! with what the files hold when it comes.

mod listener;
mod pem;
mod renewed;

pub use listener::TlsListener;
pub use pem::{read_chain, read_key, read_roots};
pub use renewed::Renewed;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::net::TcpListener;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, server::WebPkiClientVerifier};

/// A certificate and its key, which are read again when their files change.
#[derive(Clone)]
pub struct ServerTls {
    recipe: Recipe,
    config: Renewed<ServerConfig>,
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServerTls").field("recipe", &self.recipe).finish_non_exhaustive()
    }
}

impl ServerTls {
    /// Reads the chain of certificates, the server's own first, and the key, both as PEM.
    ///
    /// # Errors
    /// Which file cannot be used, and why; its content is not repeated.
    pub fn read(certificates: &Path, key: &Path) -> Result<Self, String> {
        Self::of_recipe(Recipe {
            certificates: certificates.to_owned(),
            key: key.to_owned(),
            authority: None,
            protocols: Vec::new(),
        })
    }

    /// As [`Self::read`], for clients that show a certificate of an authority, whose own certificates are in a third file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn mutual(certificates: &Path, key: &Path, authority: &Path) -> Result<Self, String> {
        Self::of_recipe(Recipe {
            certificates: certificates.to_owned(),
            key: key.to_owned(),
            authority: Some(authority.to_owned()),
            protocols: vec![b"h2".to_vec()],
        })
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

    fn of_recipe(recipe: Recipe) -> Result<Self, String> {
        let config = Renewed::try_new(recipe.files(), || recipe.follow())?;
        Ok(Self { recipe, config })
    }

    /// The same for protocols by their names, such as `h2`, which a client of gRPC insists on.
    #[must_use]
    pub fn speaking(mut self, protocols: &[&str]) -> Self {
        self.recipe.protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        self.config = self.config.map(|config| self.recipe.speak(config.clone()));
        self
    }

    /// Encrypts what a listener takes. A client that is slow about it holds up nobody else.
    ///
    /// # Errors
    /// An IO error if the listener has no address.
    pub fn listen(&self, listener: TcpListener) -> io::Result<TlsListener> {
        listener::start(listener, self.clone())
    }

    /// The settings of the files as they are now.
    fn current(&mut self) -> Arc<ServerConfig> {
        self.config.current(|| self.recipe.follow())
    }
}

/// How settings are made of files.
#[derive(Debug, Clone)]
struct Recipe {
    certificates: PathBuf,
    key: PathBuf,
    authority: Option<PathBuf>,
    protocols: Vec<Vec<u8>>,
}

impl Recipe {
    fn files(&self) -> Vec<PathBuf> {
        [&self.certificates, &self.key].into_iter().chain(&self.authority).cloned().collect()
    }

    fn follow(&self) -> Result<ServerConfig, String> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = match &self.authority {
            Some(authority) => {
                let roots = Arc::new(read_roots(authority)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
                config.with_client_cert_verifier(verifier.map_err(|error| pem::unusable(authority, &error))?)
            }
            None => config.with_no_client_auth(),
        };
        let config =
            config.with_single_cert(read_chain(&self.certificates)?, read_key(&self.key)?).map_err(|error| {
                pem::unusable(&self.key, &format!("it does not fit `{}`: {error}", self.certificates.display()))
            })?;
        Ok(self.speak(config))
    }

    fn speak(&self, mut config: ServerConfig) -> ServerConfig {
        config.alpn_protocols.clone_from(&self.protocols);
        config
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use axum::serve::Listener;
    use tempfile::TempDir;
    use tokio::net::TcpStream;
    use tokio_rustls::{TlsConnector, rustls::ClientConfig};

    use super::*;

    #[test]
    fn files_come_in_pairs_and_are_named_when_they_are_wrong() {
        let missing = Path::new("/nowhere/cert.pem");
        assert!(ServerTls::of_files(None, None).unwrap().is_none());
        assert!(ServerTls::of_files(Some(missing), None).unwrap_err().contains("both or neither"));
        assert!(ServerTls::read(missing, missing).unwrap_err().contains("cannot use `/nowhere/cert.pem`"));
    }

    /// A listener that goes on taking connections, with the certificate of a folder.
    struct Place {
        folder: TempDir,
        port: u16,
    }

    impl Place {
        async fn start() -> Self {
            let folder = TempDir::new().unwrap();
            certify(folder.path(), "first");
            let path = |name: &str| folder.path().join(name);
            let tls = ServerTls::read(&path("cert.pem"), &path("key.pem")).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut encrypted = tls.listen(listener).unwrap();
            let port = encrypted.local_addr().unwrap().port();
            tokio::spawn(async move {
                loop {
                    encrypted.accept().await;
                }
            });
            Self { folder, port }
        }

        /// Whether somebody who trusts a certificate of this name, and no other, agrees on encryption.
        async fn agrees(&self, trusted: &str) -> bool {
            let roots = read_roots(&self.folder.path().join(format!("{trusted}.pem"))).unwrap();
            let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
            let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            let name = "localhost".try_into().unwrap();
            TlsConnector::from(Arc::new(config)).connect(name, stream).await.is_ok()
        }
    }

    /// Makes a certificate and puts it where the server's is; it stays under its own name as well.
    fn certify(folder: &Path, name: &str) {
        let script = format!(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
                 -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
                 -keyout new-key.pem -out {name}.pem && mv new-key.pem key.pem && cp {name}.pem cert.pem"
        );
        let made = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    #[tokio::test]
    async fn a_listener_shows_the_certificate_that_its_files_have_now() {
        let place = Place::start().await;
        assert!(place.agrees("first").await);
        certify(place.folder.path(), "second");
        assert!(place.agrees("second").await);
        assert!(!place.agrees("first").await);
        // One that cannot be used, as when a file is written in two pieces, does not end what goes on.
        std::fs::write(place.folder.path().join("cert.pem"), "").unwrap();
        assert!(place.agrees("second").await);
        certify(place.folder.path(), "third");
        assert!(place.agrees("third").await);
    }
}
