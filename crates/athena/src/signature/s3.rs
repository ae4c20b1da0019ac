//! S3's forms of signatures: the body is signed by its hash, by chunks, or not at all, and a URL may carry it all.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use super::{
    ChunkSignatures, Credentials, Key, Request, authorization,
    canonical::{canonical_query, canonical_request, canonical_s3_path},
    verify::{MAX_SKEW, check_clock, missing, prove, refused, signed_at, unhex},
};
use crate::ApiError;

/// Longest life of a presigned URL.
const MAX_EXPIRES: Duration = Duration::from_secs(7 * 24 * 3600);
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What a request says of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Payload {
    /// Its SHA-256.
    Hash([u8; 32]),
    /// Nothing.
    Unsigned,
    /// It comes in chunks, which are signed or not.
    Chunks {
        /// Whether each chunk has a signature.
        signed: bool,
    },
}

impl S3Payload {
    /// Reads it from the headers; without a word, nothing is said.
    ///
    /// # Errors
    /// [`crate::Exception::InvalidSignature`] if it is a form that S3 has and this endpoint has not.
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let said = headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok());
        match said {
            None | Some(UNSIGNED) => Ok(Self::Unsigned),
            Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER") => Ok(Self::Chunks { signed: false }),
            Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD" | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") => {
                Ok(Self::Chunks { signed: true })
            }
            Some(hash) => {
                let hash = unhex(hash).and_then(|bytes| bytes.try_into().ok());
                hash.map(Self::Hash).ok_or_else(|| refused("x-amz-content-sha256 is none of the forms of S3"))
            }
        }
    }
}

/// Who signed a request to S3, and what is needed to check its chunks.
#[derive(Debug)]
pub struct S3Signature<'k> {
    /// The key.
    pub key: &'k Key,
    /// Begins with the signature of the request's head.
    pub chunks: ChunkSignatures,
}

/// Finds the key that signed the head of a request to S3; its body is checked as [`S3Payload`] says, by who reads it.
///
/// # Errors
/// As [`super::verify()`].
pub fn verify_s3<'k>(
    request: &Request<'_>,
    credentials: &'k Credentials,
    now: SystemTime,
) -> Result<S3Signature<'k>, ApiError> {
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let url = PresignedUrl::of(request.query);
    let header = text(header::AUTHORIZATION.as_str()).map(str::to_owned);
    let header = header.or_else(|| url.as_ref().map(PresignedUrl::authorization)).ok_or_else(missing)?;
    let signed = authorization::parse(&header).ok_or_else(|| refused("Authorization is not well formed"))?;
    let (date, hash) = match &url {
        Some(url) => {
            url.check_life(signed.date, now)?;
            (url.date.clone(), UNSIGNED)
        }
        None => {
            let date = text("x-amz-date").ok_or_else(missing)?;
            check_clock(date, signed.date, now)?;
            (date.to_owned(), text("x-amz-content-sha256").ok_or_else(missing)?)
        }
    };
    for name in request.headers.keys().map(http::HeaderName::as_str) {
        let matters = name == "host" || name.starts_with("x-amz-");
        if matters && !signed.signed_headers.contains(&name) {
            return Err(refused(&format!("'{name}' must be a 'SignedHeader' in the AWS Authorization")));
        }
    }
    let path = canonical_s3_path(request.path);
    let query = canonical_query(request.query, |name| name != "X-Amz-Signature");
    let canonical = canonical_request(request.method, &path, &query, request.headers, &signed.signed_headers, hash)
        .ok_or_else(|| refused("a signed header is missing"))?;
    let proof = prove(&signed, &date, "s3", &canonical, credentials)?;
    let previous = signed.signature.to_owned();
    let chunks = ChunkSignatures { signing_key: proof.signing_key, date, scope: proof.scope, previous };
    Ok(S3Signature { key: proof.key, chunks })
}

/// The signature of a URL, in its query.
#[derive(Default)]
struct PresignedUrl {
    credential: String,
    date: String,
    expires: String,
    signed_headers: String,
    signature: String,
}

impl PresignedUrl {
    fn of(query: &str) -> Option<Self> {
        let mut found = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let field = match name {
                "X-Amz-Credential" => &mut found.credential,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Signature" => &mut found.signature,
                _ => continue,
            };
            *field = percent_decode_str(value).decode_utf8_lossy().into_owned();
        }
        (!found.signature.is_empty()).then_some(found)
    }

    /// As it would stand in the header.
    fn authorization(&self) -> String {
        let Self { credential, signed_headers, signature, .. } = self;
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed_headers}, Signature={signature}")
    }

    fn check_life(&self, scope_date: &str, now: SystemTime) -> Result<(), ApiError> {
        let signed_at = signed_at(&self.date, scope_date)?;
        let expires = self.expires.parse().map(Duration::from_secs).unwrap_or_default();
        let age = DateTime::<Utc>::from(now) - signed_at;
        let is_alive = match age.to_std() {
            Ok(age) => age <= expires && expires <= MAX_EXPIRES,
            // Signed a little after our clock.
            Err(_) => age.abs().to_std().is_ok_and(|skew| skew <= MAX_SKEW) && expires <= MAX_EXPIRES,
        };
        if is_alive { Ok(()) } else { Err(refused("Request has expired")) }
    }
}
