//! The HTTP side: one port for all services.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use athena::{
    ApiError, Exception,
    signature::{Permission, Request as SignedRequest, verify},
    target::Target,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;
use tracing::{info, warn};
use uuid::Uuid;

use crate::{Service, flight, local_buckets, operations, queries, s3};

/// Largest request; a query has 256 KiB at most, a batch of 100 partitions less than this.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Longest wait for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
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
    local_buckets::provide_existing(&service)?;
    let router = Router::new()
        .route_service(flight::PATH, flight::service(Arc::clone(&service)))
        .fallback(answer)
        .with_state(Arc::clone(&service));
    // Clients of Flight SQL speak HTTP/2 only.
    let tls = service.options.tls.clone().map(|tls| tls.speaking(&["h2", "http/1.1"]));
    let address = runtime::admin::serve_router(listener, tls.as_ref(), router)?;
    queries::watch(Arc::clone(&service));
    let (anonymous, https) = (service.options.credentials.is_anonymous(), service.options.tls.is_some());
    info!(%address, anonymous, https, "endpoint ready");
    Ok(address)
}

async fn answer(State(service): State<Arc<Service>>, request: Request) -> Response {
    let started = Instant::now();
    let (head, body) = request.into_parts();
    let (target, method) = (Target::of(&head.method, head.uri.path(), &head.headers), head.method.clone());
    let response = match &target {
        Target::S3 => s3::answer(&service, head, body).await,
        target => operate(&service, target, &head, body).await,
    };
    service.metrics.answered(&target, method.as_str(), response.status().as_u16(), started.elapsed());
    response
}

async fn operate(service: &Arc<Service>, target: &Target, head: &Parts, body: Body) -> Response {
    let Ok(Ok(body)) = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY_BYTES)).await else {
        let message = format!("The body did not come, or has more than {MAX_BODY_BYTES} bytes");
        return refused(&ApiError::new(Exception::Serialization, message));
    };
    let request = SignedRequest {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &body,
    };
    let permission = match permission_of(service, &request, target) {
        Ok(permission) => permission,
        Err(error) => return refused(&error),
    };
    let answered = match target {
        Target::Athena(operation) => operations::athena(service, operation, permission, &body).await,
        Target::Glue(operation) => operations::glue(service, operation, permission, &body).await,
        Target::Sts | Target::S3 => return sts(&operations::sts(&body)),
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

fn request_id() -> HeaderValue {
    HeaderValue::from_str(&Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("-"))
}
