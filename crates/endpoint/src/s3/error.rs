//! Errors as clients of S3 know them.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use athena::{ApiError, Exception};

use super::xml;

pub(super) type S3Result<T> = Result<T, S3Error>;

/// The error of a request.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(super) struct S3Error {
    code: &'static str,
    status: StatusCode,
    message: String,
}

#[derive(Serialize)]
#[serde(rename = "Error", rename_all = "PascalCase")]
struct Shown<'e> {
    code: &'e str,
    message: &'e str,
    resource: &'e str,
}

impl S3Error {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into() }
    }

    pub(super) fn no_buckets() -> Self {
        let message = "This endpoint does not serve S3: set AWS_ENDPOINT_URL_S3 to the object store";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    pub(super) fn not_implemented(what: &str) -> Self {
        let message = format!("{what} is not available: this endpoint keeps plain files");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "The specified method is not allowed against this resource.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    pub(super) fn malformed_xml() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MalformedXML", "The XML you provided was not well-formed")
    }

    pub(super) fn incomplete_body() -> Self {
        let message = "You did not provide the number of bytes specified by the headers";
        Self::new(StatusCode::BAD_REQUEST, "IncompleteBody", message)
    }

    pub(super) fn wrong_hash() -> Self {
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        Self::new(StatusCode::BAD_REQUEST, "XAmzContentSHA256Mismatch", message)
    }

    pub(super) fn wrong_chunk() -> Self {
        let message = "A chunk does not have the signature of the key's secret";
        Self::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    pub(super) fn no_such_bucket(name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", format!("The specified bucket does not exist: {name}"))
    }

    pub(super) fn bucket_not_empty() -> Self {
        Self::new(StatusCode::CONFLICT, "BucketNotEmpty", "The bucket you tried to delete is not empty")
    }

    pub(super) fn no_such_key() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
    }

    pub(super) fn no_such_upload() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", "The specified multipart upload does not exist.")
    }

    pub(super) fn invalid_part(number: usize) -> Self {
        let message = format!("Part {number} was not uploaded, or is another than the list says");
        Self::new(StatusCode::BAD_REQUEST, "InvalidPart", message)
    }

    pub(super) fn invalid_range() -> Self {
        let message = "The requested range is not satisfiable";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message)
    }

    pub(super) fn precondition_failed() -> Self {
        let message = "At least one of the pre-conditions you specified did not hold";
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
    }

    pub(super) fn timed_out() -> Self {
        let message = "Nothing of the body came for too long";
        Self::new(StatusCode::BAD_REQUEST, "RequestTimeout", message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    /// Whether this side failed.
    pub(super) fn is_ours(&self) -> bool {
        self.status.is_server_error() && self.status != StatusCode::NOT_IMPLEMENTED
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn response(&self, resource: &str) -> Response {
        if self.status == StatusCode::NOT_MODIFIED {
            return self.status.into_response();
        }
        // What failed here may name folders of this machine; the log has it.
        let message =
            if self.is_ours() { "We encountered an internal error. Please try again." } else { &self.message };
        let body = xml::text(&Shown { code: self.code, message, resource }).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        response
    }
}

impl From<ApiError> for S3Error {
    fn from(error: ApiError) -> Self {
        let code = match error.exception {
            Exception::UnrecognizedClient => "InvalidAccessKeyId",
            Exception::InvalidSignature => "SignatureDoesNotMatch",
            _ => "AccessDenied",
        };
        Self::new(StatusCode::FORBIDDEN, code, error.message)
    }
}

impl From<object_store::Error> for S3Error {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::no_such_key(),
            object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. } => {
                Self::precondition_failed()
            }
            object_store::Error::NotModified { .. } => Self::new(StatusCode::NOT_MODIFIED, "NotModified", ""),
            object_store::Error::InvalidPath { .. } => Self::invalid("A file cannot have this key as its name"),
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<object_store::path::Error> for S3Error {
    fn from(error: object_store::path::Error) -> Self {
        Self::invalid(format!("A file cannot have this key as its name: {error}"))
    }
}
