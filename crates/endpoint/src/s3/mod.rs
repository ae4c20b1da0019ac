//! S3's operations on the buckets that are folders here, so that clients which read files need no other server.
//!
//! ```text
//! request ─► address   bucket and key, of the path or of the host
//!            access    signature, permission
//!            body      plain or in chunks, its hash checked while it is read
//!            buckets · listing · objects · uploads   ─► object_store's local file system
//! ```
//!
//! What S3 has and clients of Athena do not need is refused with `NotImplemented`: versions, access lists, tags, metadata
//! of objects, encryption. Where buckets are on a real S3 server, clients ask that server.

mod access;
mod address;
mod body;
mod buckets;
mod error;
mod listing;
mod objects;
mod uploads;
mod xml;

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, request::Parts},
    response::Response,
};
use tracing::{debug, warn};
use uuid::Uuid;

use crate::Service;

use address::Address;
use body::BodyReader;
use error::{S3Error, S3Result};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// Answers a request to S3.
pub(crate) async fn answer(service: &Arc<Service>, head: Parts, body: Body) -> Response {
    let resource = head.uri.path().to_owned();
    let mut response = match operate(service, &head, body).await {
        Ok(response) => response,
        Err(error) => {
            if error.is_ours() {
                warn!(resource, error = %error, "request to S3 failed");
            } else {
                debug!(resource, error = %error, "request to S3 refused");
            }
            error.response(&resource)
        }
    };
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().simple().to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

async fn operate(service: &Arc<Service>, head: &Parts, body: Body) -> S3Result<Response> {
    let Some(root) = service.options.local_buckets.clone() else { return Err(S3Error::no_buckets()) };
    let chunks = access::check(service, head)?;
    let body = BodyReader::new(body, &head.headers, chunks)?;
    let address = Address::of(&head.uri, &head.headers, &service.options.s3_domain)?;
    let Some(name) = address.bucket else {
        return match head.method {
            Method::GET => buckets::list(service),
            _ => Err(S3Error::method_not_allowed()),
        };
    };
    if address.key.is_empty() {
        return buckets::operate(service, &root, &name, head, body).await;
    }
    let bucket = buckets::open(service, &name)?;
    if uploads::is_of_upload(&head.method, head.uri.query()) {
        return uploads::operate(service, &root, &bucket, &address.key, head, body).await;
    }
    objects::operate(service, &bucket, &address.key, head, body).await
}

/// The value of a parameter of a query, decoded; empty for one without a value.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
