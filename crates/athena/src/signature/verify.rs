//! Checking a signature.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use super::{
    Credentials, Key,
    authorization::{self, Authorization},
    canonical::{canonical_path, canonical_query, canonical_request},
};
use crate::{ApiError, Exception};

/// Difference between the caller's clock and ours that is accepted, as by AWS.
pub(super) const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// HTTP method.
    pub method: &'r str,
    /// Path as it travelled.
    pub path: &'r str,
    /// Query as it travelled, without the question mark.
    pub query: &'r str,
    /// Headers, with `host`.
    pub headers: &'r HeaderMap,
    /// Body.
    pub body: &'r [u8],
}

/// Finds the key that signed a request to a service.
///
/// # Errors
/// [`Exception::MissingAuthenticationToken`] if the request is not signed, [`Exception::UnrecognizedClient`] if the key
/// is not known, [`Exception::InvalidSignature`] if the signature is not the key's, for another service, or too old.
pub fn verify<'k>(
    request: &Request<'_>,
    service: &str,
    credentials: &'k Credentials,
    now: SystemTime,
) -> Result<&'k Key, ApiError> {
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let header = text(header::AUTHORIZATION.as_str()).ok_or_else(missing)?;
    let signed = authorization::parse(header).ok_or_else(|| refused("Authorization header is not well formed"))?;
    let date = text("x-amz-date").ok_or_else(missing)?;
    check_clock(date, signed.date, now)?;
    for name in ["host", "x-amz-target"] {
        if request.headers.contains_key(name) && !signed.signed_headers.contains(&name) {
            return Err(refused(&format!("'{name}' must be a 'SignedHeader' in the AWS Authorization")));
        }
    }
    let Request { method, path, query, headers, body } = *request;
    let (path, query) = (canonical_path(path), canonical_query(query, |_| true));
    let hash = hex(&Sha256::digest(body));
    let canonical = canonical_request(method, &path, &query, headers, &signed.signed_headers, &hash)
        .ok_or_else(|| refused("a signed header is missing"))?;
    Ok(prove(&signed, date, service, &canonical, credentials)?.key)
}

/// A signature that holds.
pub(super) struct Proof<'k> {
    pub(super) key: &'k Key,
    pub(super) signing_key: Vec<u8>,
    pub(super) scope: String,
}

/// Checks that a canonical request was signed with the secret of the key that it names.
pub(super) fn prove<'k>(
    signed: &Authorization<'_>,
    date: &str,
    service: &str,
    canonical: &str,
    credentials: &'k Credentials,
) -> Result<Proof<'k>, ApiError> {
    if signed.service != service {
        return Err(refused(&format!("Credential should be scoped to correct service: '{service}'")));
    }
    let unknown = || {
        let message = "The security token included in the request is invalid.";
        ApiError::new(Exception::UnrecognizedClient, message)
    };
    let key = credentials.key(signed.access_key_id).ok_or_else(unknown)?;
    let scope = format!("{}/{}/{}/aws4_request", signed.date, signed.region, signed.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let signing_key = [signed.date, signed.region, signed.service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{}", key.secret_access_key).into_bytes(), |key, part| {
            mac(&key, part).finalize().into_bytes().to_vec()
        });
    let offered = unhex(signed.signature).ok_or_else(mismatch)?;
    // Compares in constant time.
    mac(&signing_key, &to_sign).verify_slice(&offered).map_err(|_| mismatch())?;
    Ok(Proof { key, signing_key, scope })
}

pub(super) fn missing() -> ApiError {
    ApiError::new(Exception::MissingAuthenticationToken, "Missing Authentication Token")
}

pub(super) fn check_clock(date: &str, scope_date: &str, now: SystemTime) -> Result<(), ApiError> {
    let skew = (DateTime::<Utc>::from(now) - signed_at(date, scope_date)?).abs();
    if skew.to_std().is_ok_and(|skew| skew <= MAX_SKEW) {
        return Ok(());
    }
    Err(refused("Signature expired or not yet current: check the clock of this machine"))
}

/// The moment of signing, which the scope repeats.
pub(super) fn signed_at(date: &str, scope_date: &str) -> Result<DateTime<Utc>, ApiError> {
    let parsed = NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ")
        .map_err(|_| refused("Date must be in ISO-8601 'basic format'"))?;
    if !date.starts_with(scope_date) || scope_date.len() != 8 {
        return Err(refused("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date"));
    }
    Ok(parsed.and_utc())
}

pub(super) fn mismatch() -> ApiError {
    refused(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.",
    )
}

pub(super) fn refused(message: &str) -> ApiError {
    ApiError::new(Exception::InvalidSignature, message)
}

/// Keys of any length are accepted, so that there is no error.
pub(super) fn mac(key: &[u8], data: &str) -> Hmac<Sha256> {
    // A key that is longer than a block is hashed first, RFC 2104.
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(data.as_bytes());
    mac
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
