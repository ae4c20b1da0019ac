//! A worse model is not published unless somebody says so.

use std::fmt;

use serde_json::Value;
use store::{ModelId, ModelRecord, Store};
use tracing::{info, warn};

use crate::{Error, Result, Step};

/// What models are compared by, as users would name it.
const METRIC: &str = "NDCG@500";
/// Where the trainer's report has it, of the recommender that is shipped.
const POINTER: &str = "/recommenders/blend/metrics/ndcg_500";
/// Where it has the number of playlists that the figure is the mean of.
const TEST_PLAYLISTS: &str = "/playlists/test";

/// When a model counts as worse than the one whose predictions are current.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorseModel {
    /// Share of the published model's figure that may be lost, 0.05 by default. A smaller loss passes, and so does one
    /// that chance explains.
    pub tolerated: f64,
    /// Whether a worse model is published nevertheless.
    pub publish: bool,
}

impl Default for WorseModel {
    fn default() -> Self {
        Self { tolerated: 0.05, publish: false }
    }
}

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figure {
    mean: f64,
    low: f64,
    high: f64,
}

impl Figure {
    fn of(metrics: &Value) -> Option<Self> {
        let found = metrics.pointer(POINTER)?;
        let number = |key: &str| found.get(key).and_then(Value::as_f64).filter(|number| number.is_finite());
        let mean = number("mean")?;
        Some(Self { mean, low: number("low").unwrap_or(mean), high: number("high").unwrap_or(mean) })
    }

    fn half_width(self) -> f64 {
        (self.high - self.low).abs() / 2.0
    }

    /// Whether this is worse than `published` by more than is tolerated, and by more than chance explains.
    ///
    /// The difference of two independent means has the half-width √(h₁² + h₂²). Nights share most of the playlists that
    /// measure, so the true one is narrower: what is told as worse is.
    fn is_worse_than(self, published: Self, tolerated: f64) -> bool {
        let lost = published.mean - self.mean;
        lost > tolerated * published.mean && lost > self.half_width().hypot(published.half_width())
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.4} [{:.4}, {:.4}]", self.mean, self.low, self.high)
    }
}

/// Stops a step that would bring a model's predictions to people if it is worse than the model whose predictions they
/// see now. Models of different lakes, or judged on different numbers of test playlists, cannot be compared: then the
/// new one passes. So does the first that has a figure, but one without does not replace one that has it.
pub(crate) async fn forbid_worse(store: &Store, step: Step, model_id: &str, policy: WorseModel) -> Result<()> {
    let Some(current) = store.current_set().await? else { return Ok(()) };
    let published = current.model_id;
    if published.as_str() == model_id {
        return Ok(());
    }
    let record = store.model(&published).await?;
    let Some((record, before)) = record.and_then(|record| Figure::of(&record.metrics).map(|figure| (record, figure)))
    else {
        info!(model_id, published = %published, "published model has no figure to compare with");
        return Ok(());
    };
    let found = store.model(&ModelId::try_new(model_id)?).await?;
    if let Some(reason) = found.as_ref().and_then(|found| unlike(found, &record)) {
        warn!(model_id, published = %published, reason, "models cannot be compared, so the new one passes");
        return Ok(());
    }
    let now = found.and_then(|found| Figure::of(&found.metrics));
    if now.is_some_and(|now| !now.is_worse_than(before, policy.tolerated)) {
        return Ok(());
    }
    let found = now.map_or_else(|| "no figure".to_owned(), |now| now.to_string());
    if policy.publish {
        warn!(model_id, published = %published, found, expected = %before, "a worse model is published, as told");
        return Ok(());
    }
    Err(Error::WorseModel {
        step,
        model_id: model_id.to_owned(),
        found: format!("{METRIC} {found}"),
        published: published.to_string(),
        expected: before.to_string(),
    })
}

/// Why the figures of two models cannot be compared, if they cannot.
fn unlike(model: &ModelRecord, published: &ModelRecord) -> Option<&'static str> {
    let test_playlists = |model: &ModelRecord| model.metrics.pointer(TEST_PLAYLISTS).and_then(Value::as_u64);
    if lake_of(model) != lake_of(published) {
        return Some("they are of different lakes");
    }
    match (test_playlists(model), test_playlists(published)) {
        (Some(now), Some(before)) if now != before => Some("they were judged on different numbers of test playlists"),
        _ => None,
    }
}

/// The lake below which a model lies.
fn lake_of(model: &ModelRecord) -> &str {
    let place = format!("models/{}/", model.model_id);
    model.lake_url.strip_suffix(&place).unwrap_or(&model.lake_url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn figure(mean: f64, half: f64) -> Figure {
        Figure { mean, low: mean - half, high: mean + half }
    }

    #[test]
    fn worse_is_more_than_tolerated_and_more_than_chance() {
        let published = figure(0.40, 0.01);
        for (mean, half, is_worse) in [
            (0.39, 0.001, false), // 2.5 % lost
            (0.37, 0.01, true),   // 7.5 % lost, 0.03 beyond √(0.01² + 0.01²) = 0.0141
            (0.37, 0.04, false),  // 0.03 within √(0.04² + 0.01²) = 0.0412
            (0.45, 0.01, false),
            (0.0, 0.0, true),
        ] {
            assert_eq!(figure(mean, half).is_worse_than(published, 0.05), is_worse, "{mean} ± {half}");
        }
        assert!(!figure(0.37, 0.01).is_worse_than(published, 0.10), "10 % are tolerated");
    }

    #[test]
    fn only_models_of_one_lake_judged_on_as_many_playlists_are_compared() {
        let model = |id: &str, lake: &str, playlists: Value| ModelRecord {
            model_id: ModelId::try_new(id).unwrap(),
            created_at_us: 1,
            lake_url: format!("{lake}models/{id}/"),
            metrics: json!({ "playlists": { "test": playlists } }),
            config: json!({}),
        };
        let published = model("m1", "s3://b/lake/", json!(10_000));
        assert_eq!(unlike(&model("m2", "s3://b/lake/", json!(10_000)), &published), None);
        assert_eq!(unlike(&model("m2", "s3://b/lake/", Value::Null), &published), None, "it does not tell");
        let other = unlike(&model("m2", "s3://b/try/", json!(10_000)), &published).unwrap();
        assert!(other.contains("lakes"), "{other}");
        let fewer = unlike(&model("m2", "s3://b/lake/", json!(500)), &published).unwrap();
        assert!(fewer.contains("numbers of test playlists"), "{fewer}");
    }

    #[test]
    fn a_figure_is_read_from_the_report() {
        let metrics = |value: Value| json!({ "recommenders": { "blend": { "metrics": { "ndcg_500": value } } } });
        let whole = Figure::of(&metrics(json!({ "mean": 0.4, "low": 0.3, "high": 0.5 }))).unwrap();
        assert_eq!(whole.to_string(), "0.4000 [0.3000, 0.5000]");
        assert_eq!(Figure::of(&metrics(json!({ "mean": 0.4 }))).unwrap().half_width(), 0.0);
        assert_eq!(Figure::of(&metrics(json!({ "mean": null }))), None);
        assert_eq!(Figure::of(&json!({ "recommenders": {} })), None);
    }
}
