//! Certificates and keys of PEM files. Errors name the file and never repeat what it holds.

use std::{fmt, path::Path};

use tokio_rustls::rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// Reads certificates, of which there must be one at least.
///
/// # Errors
/// Which file cannot be used, and why.
pub fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match chain {
        Ok(chain) if chain.is_empty() => Err(unusable(path, &"it has no certificate in PEM form")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Reads a private key.
///
/// # Errors
/// As [`read_chain`].
pub fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unusable(path, &error))
}

/// Reads the certificates of authorities that are trusted.
///
/// # Errors
/// As [`read_chain`].
pub fn read_roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in read_chain(path)? {
        roots.add(certificate).map_err(|error| unusable(path, &error))?;
    }
    Ok(roots)
}

pub(super) fn unusable(path: &Path, reason: &dyn fmt::Display) -> String {
    format!("cannot use `{}`: {reason}", path.display())
}
