//! Routes and the life of the server.

use std::{net::SocketAddr, time::Instant};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request as HttpRequest, State},
    http::{HeaderMap, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use lake::Lake;
use runtime::{shutdown, tls::ServerTls, traces};
use serde_json::json;
use tch::Device;
use tokio::{net::TcpListener, sync::watch};
use tracing::{Instrument, field, info_span};

use super::{
    Engine, ServeOptions,
    failure::Failure,
    grpc, invocations,
    metrics::Metrics,
    open_inference::{self, InferRequest},
    shared::Shared,
    watcher,
};
use crate::{
    Error, Result,
    artefact::{Model, ModelId},
};

/// Largest body: `SageMaker` allows 6 MB, or 25 where it is asked to.
pub(super) const LARGEST_BODY: usize = 25 << 20;

/// Serves until SIGTERM or SIGINT, then answers what is under way and returns.
///
/// # Errors
/// [`Error::Runtime`] if the port is taken or a thread cannot be started.
pub async fn serve(lake: Lake, id: ModelId, model: Model, device: Device, options: ServeOptions) -> Result<()> {
    let metrics = Metrics::try_new().map_err(|error| Error::Runtime(std::io::Error::other(error)))?;
    let engine = Engine::start(id, model, options.engine, metrics.clone())?;
    let shared = Shared::new(engine.clone(), metrics);
    let (rest, address) = listen(options.address).await?;
    let grpc_address = options.grpc_port.map(|port| SocketAddr::new(options.address.ip(), port));
    let grpc = match grpc_address {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let grpc_address = grpc.as_ref().map(|(_, address)| *address);
    if let Some(path) = &options.ready_file {
        let ready = json!({ "address": address, "grpc_address": grpc_address });
        shutdown::write_ready_file(path, &ready).map_err(Error::Runtime)?;
    }
    tracing::info!(%address, grpc_address = grpc_address.map(tracing::field::display), model_id = %id, "listening");
    let watcher = (!options.watch.is_zero()).then(|| tokio::spawn(watcher::watch(lake, device, engine, options.watch)));
    let (stop, stopping) = watch::channel(false);
    let tls = options.tls.as_ref();
    let rest = serve_rest(rest, tls, router(shared.clone()), stopped(stopping.clone()));
    let grpc = async {
        match grpc {
            Some((listener, _)) => grpc::serve(listener, tls, shared.clone(), stopped(stopping.clone())).await,
            None => Ok(()),
        }
    };
    // Connections that stay open must not hold the process up for ever.
    let limit = async {
        if let Err(error) = shutdown::requested().await {
            tracing::error!(%error, "signals cannot be received");
        }
        shared.drain();
        stop.send_replace(true);
        tokio::time::sleep(options.drain).await;
    };
    tokio::select! {
        served = async { tokio::try_join!(rest, grpc) } => {
            served?;
        }
        () = limit => tracing::warn!("requests under way were given up"),
    }
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    Ok(())
}

/// Answers over HTTP, encrypted or not, until `stop`.
async fn serve_rest(
    listener: TcpListener,
    tls: Option<&ServerTls>,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    match tls {
        Some(tls) => {
            let encrypted = tls.listen(listener).map_err(Error::Runtime)?;
            axum::serve(encrypted, router).with_graceful_shutdown(stop).await.map_err(Error::Runtime)
        }
        None => axum::serve(listener, router).with_graceful_shutdown(stop).await.map_err(Error::Runtime),
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.map_err(Error::Runtime)?;
    let address = listener.local_addr().map_err(Error::Runtime)?;
    Ok((listener, address))
}

/// Ends when a stop was asked for.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    // Without a sender there is nobody left to serve for.
    let _ = stopping.wait_for(|&stop| stop).await;
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/ping", get(ping))
        .route("/invocations", post(invoke))
        .route("/execution-parameters", get(execution_parameters))
        .route("/v2", get(async || Json(open_inference::server_metadata())))
        .route("/v2/health/live", get(async || Json(json!({ "live": true }))))
        .route("/v2/health/ready", get(ping))
        .route("/v2/models/{name}", get(model_metadata))
        .route("/v2/models/{name}/versions/{version}", get(version_metadata))
        .route("/v2/models/{name}/ready", get(model_ready))
        .route("/v2/models/{name}/versions/{version}/ready", get(version_ready))
        .route("/v2/models/{name}/infer", post(infer))
        .route("/v2/models/{name}/versions/{version}/infer", post(infer_version))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(shared.clone(), measure))
        // Not measured itself.
        .route("/metrics", get(metrics))
        .with_state(shared)
}

async fn ping(State(shared): State<Shared>) -> Response {
    if shared.is_ready() {
        Json(json!({ "status": "Healthy", "model_id": shared.engine.model_id() })).into_response()
    } else {
        Failure::Stopped.into_response()
    }
}

async fn invoke(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    let asked = invocations::read(&headers, &body)?;
    let is_list = asked.is_list();
    Ok(invocations::write(&headers, is_list, shared.ask(asked.requests).await?))
}

/// For batch transform jobs.
async fn execution_parameters() -> Response {
    Json(json!({ "MaxConcurrentTransforms": 4, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6 })).into_response()
}

async fn model_metadata(State(shared): State<Shared>, Path(name): Path<String>) -> Result<Response, Failure> {
    shared.require_model(&name, None)?;
    Ok(Json(open_inference::model_metadata(shared.engine.model_id())).into_response())
}

async fn version_metadata(
    State(shared): State<Shared>,
    Path((name, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    shared.require_model(&name, Some(&version))?;
    Ok(Json(open_inference::model_metadata(shared.engine.model_id())).into_response())
}

async fn model_ready(state: State<Shared>, Path(name): Path<String>) -> Result<Response, Failure> {
    state.require_model(&name, None)?;
    Ok(ping(state).await)
}

async fn version_ready(
    state: State<Shared>,
    Path((name, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    state.require_model(&name, Some(&version))?;
    Ok(ping(state).await)
}

async fn infer(State(shared): State<Shared>, Path(name): Path<String>, body: Bytes) -> Result<Response, Failure> {
    shared.require_model(&name, None)?;
    infer_body(&shared, &body).await
}

async fn infer_version(
    State(shared): State<Shared>,
    Path((name, version)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    shared.require_model(&name, Some(&version))?;
    infer_body(&shared, &body).await
}

async fn infer_body(shared: &Shared, body: &[u8]) -> Result<Response, Failure> {
    let request: InferRequest = serde_json::from_slice(body)
        .map_err(|error| Failure::Malformed(format!("the body cannot be read: {error}")))?;
    let answers = shared.ask(request.requests()?).await?;
    let model = answers.first().map_or_else(|| shared.engine.model_id(), |answer| answer.model_id);
    let k = request.k();
    Ok(Json(open_inference::infer_response(request.id, model, k, &answers)).into_response())
}

async fn metrics(State(shared): State<Shared>) -> Response {
    match shared.metrics.text() {
        Ok(text) => text.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Counts and times requests by the pattern of their path, which is a bounded set.
async fn measure(State(shared): State<Shared>, request: HttpRequest, next: Next) -> Response {
    let matched = request.extensions().get::<axum::extract::MatchedPath>();
    let endpoint = matched.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let started = Instant::now();
    let span = info_span!("request", endpoint, status = field::Empty);
    // Whoever asks may be part of a trace.
    if let Some(parent) = request.headers().get("traceparent").and_then(|parent| parent.to_str().ok()) {
        traces::adopt(&span, parent);
    }
    let response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    shared.metrics.answered(&endpoint, response.status().as_str(), started.elapsed());
    response
}
