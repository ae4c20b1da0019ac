//! Who may do what.

use std::{net::IpAddr, time::SystemTime};

use athena::signature::{ChunkSignatures, Permission, Request, S3Payload, verify_s3};
use axum::http::{Method, header, request::Parts};

use super::{
    address::host_of,
    error::{S3Error, S3Result},
};
use crate::Service;

/// How the body of an accepted request is protected.
#[derive(Debug)]
pub(super) struct Protection {
    pub(super) payload: S3Payload,
    /// What checks signed chunks; nothing where callers are not asked who they are.
    pub(super) chunks: Option<ChunkSignatures>,
}

/// Checks signature and permission.
///
/// # Errors
/// `AccessDenied`, `InvalidAccessKeyId`, `SignatureDoesNotMatch`.
pub(super) fn check(service: &Service, head: &Parts) -> S3Result<Protection> {
    let payload = S3Payload::of(&head.headers)?;
    let credentials = &service.options.credentials;
    if credentials.is_anonymous() {
        check_local(head)?;
        return Ok(Protection { payload, chunks: None });
    }
    let request = Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &[],
    };
    let signature = verify_s3(&request, credentials, SystemTime::now())?;
    let needed = if matches!(head.method, Method::GET | Method::HEAD) { Permission::Read } else { Permission::Write };
    if signature.key.permission < needed {
        return Err(S3Error::denied(
            "The key may read and not write: this operation needs a key with permission write",
        ));
    }
    let chunks = (payload == S3Payload::Chunks { signed: true }).then_some(signature.chunks);
    Ok(Protection { payload, chunks })
}

/// Where callers are not asked who they are, pages in a browser on this machine are no callers: they say where they come
/// from, or name another host.
fn check_local(head: &Parts) -> S3Result<()> {
    let host = host_of(&head.uri, &head.headers).unwrap_or_default();
    let is_local = host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let from_page = head.headers.contains_key(header::ORIGIN) || head.headers.contains_key("sec-fetch-site");
    if is_local && !from_page {
        return Ok(());
    }
    Err(S3Error::denied("Without keys, the endpoint answers programs that call it as localhost, and no pages"))
}
