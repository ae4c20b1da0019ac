//! The admin endpoint of a process: `/healthz`, `/readyz`, `/metrics`.
//!
//! `/healthz` says that this process is alive, whatever others do; `/readyz` that it can do its work now. Neither asks
//! for credentials, so the port belongs inside the cluster's network.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus::{Encoder, TextEncoder};
use tokio::net::TcpListener;
use tracing::error;

use crate::tls::ServerTls;

type Readiness = Arc<dyn Fn() -> bool + Send + Sync>;

/// Serves the admin endpoint until the process ends, encrypted or not, and returns the address.
///
/// # Errors
/// An IO error if the port is taken.
pub async fn serve(
    address: SocketAddr,
    tls: Option<&ServerTls>,
    is_ready: impl Fn() -> bool + Send + Sync + 'static,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    serve_router(listener, tls, router(Arc::new(is_ready)))
}

/// Serves requests in the background until the process ends, encrypted or not, and returns the address.
///
/// # Errors
/// An IO error if the listener has no address.
pub fn serve_router(listener: TcpListener, tls: Option<&ServerTls>, router: Router) -> std::io::Result<SocketAddr> {
    let bound = listener.local_addr()?;
    let failed = move |error: std::io::Error| error!(error = %error, address = %bound, "a listener failed");
    match tls {
        Some(tls) => {
            let encrypted = tls.listen(listener)?;
            tokio::spawn(async move { axum::serve(encrypted, router).await.unwrap_or_else(failed) });
        }
        None => {
            tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or_else(failed) });
        }
    }
    Ok(bound)
}

fn router(is_ready: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(is_ready)
}

async fn readyz(State(is_ready): State<Readiness>) -> Response {
    if is_ready() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

async fn metrics() -> Response {
    let encoder = TextEncoder::new();
    let mut body = Vec::new();
    match encoder.encode(&prometheus::gather(), &mut body) {
        Ok(()) => ([(header::CONTENT_TYPE, encoder.format_type().to_owned())], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
