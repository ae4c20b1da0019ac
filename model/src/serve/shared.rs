//! What all handlers share, over HTTP and gRPC.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::try_join_all;

use super::{Engine, failure::Failure, metrics::Metrics, open_inference::NAME};
use crate::recommend::{Answer, Request};

/// `SageMaker` gives a request 60 s.
const LONGEST_REQUEST: Duration = Duration::from_secs(55);

/// What all handlers share.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) engine: Engine,
    pub(super) metrics: Metrics,
    is_draining: Arc<AtomicBool>,
}

impl Shared {
    pub(super) fn new(engine: Engine, metrics: Metrics) -> Self {
        Self { engine, metrics, is_draining: Arc::default() }
    }

    /// From now on the server is not ready.
    pub(super) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Whether the model answers and no stop was asked for.
    pub(super) fn is_ready(&self) -> bool {
        self.engine.is_alive() && !self.is_draining.load(Ordering::Relaxed)
    }

    /// Asks the engine for all at once, so that they come into one batch where they fit.
    ///
    /// # Errors
    /// [`Failure::TooSlow`], and those of the engine.
    pub(super) async fn ask(&self, requests: Vec<Request>) -> Result<Vec<Answer>, Failure> {
        let answers = try_join_all(requests.into_iter().map(|request| self.engine.answer(request)));
        tokio::time::timeout(LONGEST_REQUEST, answers).await.unwrap_or(Err(Failure::TooSlow))
    }

    /// Refuses the name of a model, or a version of it, that is not here.
    ///
    /// # Errors
    /// [`Failure::NoSuchModel`].
    pub(super) fn require_model(&self, name: &str, version: Option<&str>) -> Result<(), Failure> {
        let id = self.engine.model_id().to_string();
        if name == NAME && version.is_none_or(|version| version == id) {
            return Ok(());
        }
        Err(Failure::NoSuchModel(format!("there is the model `{NAME}` in version `{id}` only")))
    }
}
