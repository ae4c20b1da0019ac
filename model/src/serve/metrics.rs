//! What is measured while serving.

use std::time::Duration;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
    exponential_buckets,
};

use crate::artefact::ModelId;

/// What is measured while serving, in a registry of its own, so that several servers fit into one process.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    pub(super) batch: Histogram,
    pub(super) queued: IntGauge,
    model: IntGaugeVec,
}

impl Metrics {
    /// Registers all.
    ///
    /// # Errors
    /// Those of prometheus, if a name were taken.
    pub(super) fn try_new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        // From half a millisecond to 16 s.
        let seconds = HistogramOpts::new("segue_model_request_seconds", "Seconds from a request to its answer.")
            .buckets(exponential_buckets(0.0005, 2.0, 16)?);
        let batch = HistogramOpts::new("segue_model_batch_playlists", "Playlists that were answered together.")
            .buckets(exponential_buckets(1.0, 2.0, 10)?);
        let requests = Opts::new("segue_model_requests_total", "Requests by endpoint or gRPC method, and by status.");
        let queued = Opts::new("segue_model_queued_playlists", "Playlists that wait for the model.");
        let model = Opts::new("segue_model_info", "The model that answers.");
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["endpoint", "status"])?,
            seconds: HistogramVec::new(seconds, &["endpoint"])?,
            batch: Histogram::with_opts(batch)?,
            queued: IntGauge::with_opts(queued)?,
            model: IntGaugeVec::new(model, &["model_id"])?,
            registry,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.seconds.clone()))?;
        metrics.registry.register(Box::new(metrics.batch.clone()))?;
        metrics.registry.register(Box::new(metrics.queued.clone()))?;
        metrics.registry.register(Box::new(metrics.model.clone()))?;
        Ok(metrics)
    }

    /// Notes which model answers from now on.
    pub(super) fn serves(&self, id: ModelId) {
        self.model.reset();
        self.model.with_label_values(&[&id.to_string()]).set(1);
    }

    /// Notes an answer of an endpoint, or of a method.
    pub(super) fn answered(&self, endpoint: &str, status: &str, after: Duration) {
        self.seconds.with_label_values(&[endpoint]).observe(after.as_secs_f64());
        self.requests.with_label_values(&[endpoint, status]).inc();
    }

    /// All in the text format.
    ///
    /// # Errors
    /// Those of prometheus.
    pub(super) fn text(&self) -> prometheus::Result<String> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
