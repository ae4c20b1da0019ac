//! Routes and the life of the server.

use std::{
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request as HttpRequest, State},
    http::{HeaderMap, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::future::try_join_all;
use lake::Lake;
use runtime::shutdown;
use serde_json::json;
use tch::Device;
use tokio::net::TcpListener;

use super::{
    Engine, ServeOptions,
    failure::Failure,
    invocations,
    metrics::Metrics,
    open_inference::{self, InferRequest, NAME},
    watcher,
};
use crate::{
    Error, Result,
    artefact::{Model, ModelId},
    recommend::{Answer, Request},
};

/// `SageMaker` gives a request 60 s.
const LONGEST_REQUEST: Duration = Duration::from_secs(55);

/// Largest body: `SageMaker` allows 6 MB, or 25 where it is asked to.
const LARGEST_BODY: usize = 25 << 20;

/// What all handlers share.
#[derive(Debug, Clone)]
struct Shared {
    engine: Engine,
    metrics: Metrics,
    is_draining: Arc<AtomicBool>,
}

/// Serves until SIGTERM or SIGINT, then answers what is under way and returns.
///
/// # Errors
/// [`Error::Runtime`] if the port is taken or a thread cannot be started.
pub async fn serve(lake: Lake, id: ModelId, model: Model, device: Device, options: ServeOptions) -> Result<()> {
    let metrics = Metrics::try_new().map_err(|error| Error::Runtime(std::io::Error::other(error)))?;
    let engine = Engine::start(id, model, options.engine, metrics.clone())?;
    let shared = Shared { engine: engine.clone(), metrics, is_draining: Arc::default() };
    let listener = TcpListener::bind(options.address).await.map_err(Error::Runtime)?;
    let address = listener.local_addr().map_err(Error::Runtime)?;
    if let Some(path) = &options.ready_file {
        shutdown::write_ready_file(path, &json!({ "address": address })).map_err(Error::Runtime)?;
    }
    tracing::info!(%address, model_id = %id, "listening");
    let watcher = (!options.watch.is_zero()).then(|| tokio::spawn(watcher::watch(lake, device, engine, options.watch)));
    let (is_draining, drain) = (Arc::clone(&shared.is_draining), options.drain);
    let stop = async move {
        if let Err(error) = shutdown::requested().await {
            tracing::error!(%error, "signals cannot be received");
        }
        is_draining.store(true, Ordering::Relaxed);
    };
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let graceful = axum::serve(listener, router(shared)).with_graceful_shutdown(async move {
        stop.await;
        drop(stopping);
    });
    // Connections that stay open must not hold the process up for ever.
    let limit = async move {
        let _ = stopped.await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        served = graceful.into_future() => served.map_err(Error::Runtime)?,
        () = limit => tracing::warn!("requests under way were given up"),
    }
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    Ok(())
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
    if shared.engine.is_alive() && !shared.is_draining.load(Ordering::Relaxed) {
        Json(json!({ "status": "Healthy", "model_id": shared.engine.model_id() })).into_response()
    } else {
        Failure::Stopped.into_response()
    }
}

async fn invoke(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    let asked = invocations::read(&headers, &body)?;
    let is_list = asked.is_list();
    Ok(invocations::write(&headers, is_list, ask(&shared, asked.requests).await?))
}

/// For batch transform jobs.
async fn execution_parameters() -> Response {
    Json(json!({ "MaxConcurrentTransforms": 4, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6 })).into_response()
}

async fn model_metadata(State(shared): State<Shared>, Path(name): Path<String>) -> Result<Response, Failure> {
    require_model(&shared, &name, None)?;
    Ok(Json(open_inference::model_metadata(shared.engine.model_id())).into_response())
}

async fn version_metadata(
    State(shared): State<Shared>,
    Path((name, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    require_model(&shared, &name, Some(&version))?;
    Ok(Json(open_inference::model_metadata(shared.engine.model_id())).into_response())
}

async fn model_ready(state: State<Shared>, Path(name): Path<String>) -> Result<Response, Failure> {
    require_model(&state, &name, None)?;
    Ok(ping(state).await)
}

async fn version_ready(
    state: State<Shared>,
    Path((name, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    require_model(&state, &name, Some(&version))?;
    Ok(ping(state).await)
}

async fn infer(State(shared): State<Shared>, Path(name): Path<String>, body: Bytes) -> Result<Response, Failure> {
    require_model(&shared, &name, None)?;
    infer_body(&shared, &body).await
}

async fn infer_version(
    State(shared): State<Shared>,
    Path((name, version)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    require_model(&shared, &name, Some(&version))?;
    infer_body(&shared, &body).await
}

async fn infer_body(shared: &Shared, body: &[u8]) -> Result<Response, Failure> {
    let request: InferRequest = serde_json::from_slice(body)
        .map_err(|error| Failure::Malformed(format!("the body cannot be read: {error}")))?;
    let answers = ask(shared, request.requests()?).await?;
    let model = answers.first().map_or_else(|| shared.engine.model_id(), |answer| answer.model_id);
    let k = request.k();
    Ok(Json(open_inference::infer_response(request.id, model, k, &answers)).into_response())
}

/// Asks the engine for all at once, so that they come into one batch where they fit.
async fn ask(shared: &Shared, requests: Vec<Request>) -> Result<Vec<Answer>, Failure> {
    let answers = try_join_all(requests.into_iter().map(|request| shared.engine.answer(request)));
    tokio::time::timeout(LONGEST_REQUEST, answers).await.unwrap_or(Err(Failure::TooSlow))
}

fn require_model(shared: &Shared, name: &str, version: Option<&str>) -> Result<(), Failure> {
    let id = shared.engine.model_id().to_string();
    if name == NAME && version.is_none_or(|version| version == id) {
        return Ok(());
    }
    Err(Failure::NoSuchModel(format!("there is the model `{NAME}` in version `{id}` only")))
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
    let response = next.run(request).await;
    shared.metrics.seconds.with_label_values(&[&endpoint]).observe(started.elapsed().as_secs_f64());
    shared.metrics.requests.with_label_values(&[endpoint.as_str(), response.status().as_str()]).inc();
    response
}
