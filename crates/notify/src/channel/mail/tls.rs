//! Encryption, with the server's certificate verified.

use std::{path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// Encrypts a connection to a host whose certificate the system trusts, or one that a file of certificates vouches for.
pub(super) async fn encrypt(stream: TcpStream, host: &str, ca: Option<&Path>) -> Result<TlsStream<TcpStream>, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("cannot encrypt: {error}"))?
        .with_root_certificates(roots(ca)?)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| "the host has no valid name".to_owned())?;
    let encrypted = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    encrypted.map_err(|error| format!("cannot encrypt: {error}"))
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            let unreadable = |reason: String| format!("cannot read certificates of `{}`: {reason}", path.display());
            let found = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
            for certificate in found {
                let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
                roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
            }
        }
        // Some that cannot be read leave others that can.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        Err("no certificate is trusted here: name some with `ca=FILE`".to_owned())
    } else {
        Ok(roots)
    }
}
