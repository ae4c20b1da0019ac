//! What Prometheus is told of runs: the database's records, so that runs of any process count, and those that never began
//! are missed.

use pipeline::Step;
use prometheus::{Gauge, GaugeVec, IntCounter, Opts, register, register_gauge_vec, register_int_counter};
use store::{RunStatus, Store};

use crate::{lake_runs::LakeRuns, news::News};

const PIPELINE: &str = "pipeline";

/// Gauges of the last runs, of the input, and of what is published.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    last_success: GaugeVec,
    last_start: GaugeVec,
    last_status: GaugeVec,
    predictions: GaugeVec,
    model: GaugeVec,
    stage_seconds: GaugeVec,
    stage_rows: GaugeVec,
    stage_bytes: GaugeVec,
    stage_measures: GaugeVec,
    pending: Gauge,
    newest: Gauge,
    pub(crate) not_told: IntCounter,
}

impl Metrics {
    /// Registers the metrics with the process's registry.
    pub(crate) fn try_new() -> prometheus::Result<Self> {
        let of_pipeline = |name: &str, help: &str| register_gauge_vec!(name, help, &[PIPELINE]);
        let of_stage = |name: &str, help: &str| register_gauge_vec!(name, help, &[PIPELINE, "stage"]);
        let single = |name: &str, help: &str| {
            let gauge = Gauge::with_opts(Opts::new(name, help))?;
            register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        Ok(Self {
            last_success: of_pipeline(
                "segue_run_last_success_timestamp_seconds",
                "When the last run that succeeded ended.",
            )?,
            last_start: of_pipeline("segue_run_last_start_timestamp_seconds", "When the last run began.")?,
            last_status: of_pipeline(
                "segue_run_last_status",
                "Whether the last run that ended succeeded (1) or not (0).",
            )?,
            predictions: of_pipeline(
                "segue_predictions_up_to_date_timestamp_seconds",
                "When a run last brought predictions up to date, or found them so.",
            )?,
            model: register_gauge_vec!(
                "segue_model_ndcg",
                "NDCG@500 of the model whose predictions are current, as measured after training.",
                &["bound"]
            )?,
            stage_seconds: of_stage("segue_stage_duration_seconds", "How long a step of the last run took.")?,
            stage_rows: register_gauge_vec!(
                "segue_stage_rows",
                "Rows of what a step of the last run wrote.",
                &[PIPELINE, "stage", "direction"]
            )?,
            stage_bytes: of_stage("segue_stage_bytes", "Bytes of what a step of the last run wrote.")?,
            stage_measures: register_gauge_vec!(
                "segue_stage_measure",
                "What the rows are like that a step of the last run brought: means and shares.",
                &[PIPELINE, "stage", "measure"]
            )?,
            pending: single(
                "segue_source_objects_pending",
                "Slices that are new, changed or gone since the last run.",
            )?,
            newest: single("segue_source_newest_object_age_seconds", "Age of the newest slice.")?,
            not_told: register_int_counter!(
                "segue_notifications_failed_total",
                "Notifications that a channel did not take."
            )?,
        })
    }

    /// Sets what is known of the input.
    #[expect(clippy::cast_precision_loss, reason = "counts of slices are small")]
    pub(crate) fn set_news(&self, news: &News) {
        self.pending.set(news.pending as f64);
        self.newest.set(news.newest_age.map_or(f64::NAN, |age| age.as_secs_f64()));
    }

    /// Sets what the database knows of the last runs on the lake.
    ///
    /// # Errors
    /// As every call of the store.
    #[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
    pub(crate) async fn refresh(&self, of_lake: &LakeRuns) -> Result<(), store::Error> {
        let store = &of_lake.store;
        let runs = of_lake.newest().await?;
        let seconds = |micros: i64| micros as f64 / 1e6;
        let Some(last) = runs.first() else { return Ok(()) };
        let pipeline = last.pipeline.as_str();
        self.last_start.with_label_values(&[pipeline]).set(seconds(last.started_at_us));
        if let Some(success) = runs.iter().find(|run| run.status == RunStatus::Succeeded) {
            let ended = success.finished_at_us.unwrap_or(success.started_at_us);
            self.last_success.with_label_values(&[pipeline]).set(seconds(ended));
        }
        if let Some(ended) = runs.iter().find(|run| run.finished_at_us.is_some()) {
            let status = f64::from(u8::from(ended.status == RunStatus::Succeeded));
            self.last_status.with_label_values(&[pipeline]).set(status);
        }
        if let Some(step) = of_lake.latest_done(Step::Publish).await? {
            let ended = step.finished_at_us.unwrap_or(step.started_at_us);
            self.predictions.with_label_values(&[pipeline]).set(seconds(ended));
        }
        self.refresh_model(store).await?;
        for step in store.steps_of(&last.run_id).await? {
            let labels = [pipeline, step.step.as_str()];
            if let Some(millis) = step.duration_ms {
                self.stage_seconds.with_label_values(&labels).set(millis as f64 / 1e3);
            }
            if let Some(rows) = step.rows_out {
                self.stage_rows.with_label_values(&[pipeline, step.step.as_str(), "out"]).set(rows as f64);
            }
            if let Some(bytes) = step.bytes {
                self.stage_bytes.with_label_values(&labels).set(bytes as f64);
            }
        }
        for (step, measures) in store.measures_of(&last.run_id).await? {
            for (measure, value) in &measures {
                self.stage_measures.with_label_values(&[pipeline, step.as_str(), measure.as_str()]).set(*value);
            }
        }
        Ok(())
    }

    /// Sets what is known of the model whose predictions are current.
    async fn refresh_model(&self, store: &Store) -> Result<(), store::Error> {
        let Some(current) = store.current_set().await? else { return Ok(()) };
        let Some(model) = store.model(&current.model_id).await? else { return Ok(()) };
        let figure = model.metrics.pointer("/recommenders/blend/metrics/ndcg_500");
        for bound in ["mean", "low", "high"] {
            let value = figure.and_then(|figure| figure.get(bound)).and_then(serde_json::Value::as_f64);
            self.model.with_label_values(&[bound]).set(value.unwrap_or(f64::NAN));
        }
        Ok(())
    }
}
