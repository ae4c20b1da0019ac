//! The HTTP side: one port for all services.

use std::{io, net::SocketAddr, sync::Arc, time::SystemTime};

use athena::{
    ApiError, Exception,
    signature::{Permission, Request as SignedRequest, verify},
    target::Target,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;
use tracing::{error, info, warn};
use uuid::Uuid;

use crate::{Service, local_buckets, operations, queries};

/// Largest request; a query has 256 KiB at most, a batch of 100 partitions less than this.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const JSON_1_1: &str = "application/x-amz-json-1.1";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Serves the endpoint until the process ends, and returns its address.
///
/// # Errors
/// An IO error if the port is taken, or if callers are not asked who they are on an address that others can reach.
pub async fn serve(service: Arc<Service>) -> io::Result<SocketAddr> {
    let bind = service.options.bind;
    if service.options.credentials.is_anonymous() && !bind.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "{bind} can be reached by others, so the endpoint needs keys there; without keys bind to 127.0.0.1"
            ),
        ));
    }
    let listener = TcpListener::bind(bind).await?;
    let address = listener.local_addr()?;
    local_buckets::provide_existing(&service).map_err(io::Error::other)?;
    queries::watch(Arc::clone(&service));
    let router =
        Router::new().fallback(answer).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(Arc::clone(&service));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            error!(error = %error, "endpoint failed");
        }
    });
    info!(%address, anonymous = service.options.credentials.is_anonymous(), "endpoint ready");
    Ok(address)
}

async fn answer(
    State(service): State<Arc<Service>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = Target::of(&method, uri.path(), &headers);
    let request = SignedRequest {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
    };
    let permission = match permission_of(&service, &request, &target) {
        Ok(permission) => permission,
        Err(error) => return refused(&error),
    };
    let answered = match &target {
        Target::Athena(operation) => operations::athena(&service, operation, permission, &body).await,
        Target::Glue(operation) => operations::glue(&service, operation, permission, &body).await,
        Target::Sts => return sts(&operations::sts(&body)),
        Target::S3 => return no_s3(),
    };
    match answered {
        Ok(answer) => json(StatusCode::OK, answer.to_string()),
        Err(error) => {
            if error.exception == Exception::InternalServer {
                warn!(target = ?target, error = %error.message, "request failed");
            }
            refused(&error)
        }
    }
}

fn permission_of(service: &Service, request: &SignedRequest<'_>, target: &Target) -> Result<Permission, ApiError> {
    let credentials = &service.options.credentials;
    if credentials.is_anonymous() {
        return Ok(Permission::Admin);
    }
    let key = verify(request, target.signing_name(), credentials, SystemTime::now())?;
    Ok(key.permission)
}

fn refused(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.exception.status()).unwrap_or(StatusCode::BAD_REQUEST);
    json(status, error.body().to_string())
}

fn json(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(JSON_1_1)), (REQUEST_ID, request_id())];
    (status, headers, body).into_response()
}

fn sts(answer: &Result<String, ApiError>) -> Response {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body.clone()),
        Err(error) => (StatusCode::BAD_REQUEST, operations::sts_error(error)),
    };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/xml")), (REQUEST_ID, request_id())];
    (status, headers, body).into_response()
}

fn no_s3() -> Response {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NotImplemented</Code><Message>This endpoint \
                does not serve S3: set AWS_ENDPOINT_URL_S3 to the object store</Message></Error>";
    (StatusCode::NOT_IMPLEMENTED, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

fn request_id() -> HeaderValue {
    HeaderValue::from_str(&Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("-"))
}
