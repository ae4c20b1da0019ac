//! XML, as S3 speaks it.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use serde::{Serialize, de::DeserializeOwned};

use super::error::{S3Error, S3Result};

/// The name space of all answers but errors.
pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A document.
pub(super) fn text(document: &impl Serialize) -> S3Result<String> {
    let body = quick_xml::se::to_string(document).map_err(|error| S3Error::internal(error.to_string()))?;
    Ok(format!("{DECLARATION}{body}"))
}

/// An answer that is a document.
pub(super) fn response(document: &impl Serialize) -> S3Result<Response> {
    let mut response = Response::new(Body::from(text(document)?));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    Ok(response)
}

/// A document of a request.
pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> S3Result<T> {
    quick_xml::de::from_reader(body).map_err(|_| S3Error::malformed_xml())
}
