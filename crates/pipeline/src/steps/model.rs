//! The steps `train` and `predict`.

use serde_json::Value;
use store::{ModelId, ModelRecord};

use super::{Output, named_version, trainer};
use crate::{Error, Observer, Result, RunOptions, Step, Workspace, quality::forbid_worse};

/// Trains a model and records it.
pub(crate) async fn train(workspace: &Workspace, options: &RunOptions, observer: &dyn Observer) -> Result<Output> {
    let mut command = trainer::command(workspace, options, "train");
    command.arg("--seed").arg(options.seed.to_string());
    if let Some(seconds) = options.train_seconds {
        command.arg("--max-seconds").arg(seconds.to_string());
    }
    if let Some(config) = &options.model_config {
        command.arg("--config").arg(config);
    }
    let report = trainer::run(command, options, Step::Train, observer).await?;
    let model_id = text(&report, "model_id", Step::Train)?;
    record(workspace, &model_id, &report).await?;
    Ok(Output { version: Some(model_id), details: Some(report), ..Output::default() })
}

/// Predicts the next tracks of every playlist into the table `predictions`.
pub(crate) async fn predict(
    workspace: &Workspace,
    options: &RunOptions,
    model_id: Option<&str>,
    observer: &dyn Observer,
) -> Result<Output> {
    if let Some(model_id) = model_id {
        forbid_worse(&workspace.store, Step::Predict, model_id, options.worse_model).await?;
    }
    let mut command = trainer::command(workspace, options, "predict");
    command.arg("--k").arg(options.predictions.to_string());
    if let Some(model_id) = model_id {
        command.arg("--model").arg(model_id);
    }
    let report = trainer::run(command, options, Step::Predict, observer).await?;
    let snapshot = workspace.lake.table("predictions")?.snapshot().await?;
    Ok(Output {
        rows: Some(snapshot.rows()),
        bytes: Some(snapshot.bytes()),
        version: Some(named_version("predictions", snapshot.version())),
        details: Some(report),
        ..Output::default()
    })
}

fn text(report: &Value, key: &str, step: Step) -> Result<String> {
    let value = report.get(key).and_then(Value::as_str);
    value.map(str::to_owned).ok_or_else(|| lacks(key, step))
}

fn lacks(key: &str, step: Step) -> Error {
    Error::ModelReport { step, reason: format!("it has no `{key}`") }
}

/// Records a model with what the trainer reports of it: how it was trained, and all else as what was measured.
async fn record(workspace: &Workspace, model_id: &str, report: &Value) -> Result<()> {
    let (config, metrics) = config_and_metrics(report)?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let record = ModelRecord {
        model_id: ModelId::try_new(model_id)?,
        created_at_us: i64::try_from(now.as_micros()).unwrap_or(i64::MAX),
        lake_url: format!("{}models/{model_id}/", workspace.lake.url()),
        metrics,
        config,
    };
    Ok(workspace.store.record_model(&record).await?)
}

fn config_and_metrics(report: &Value) -> Result<(Value, Value)> {
    let mut metrics = report.as_object().cloned().unwrap_or_default();
    metrics.remove("model_id");
    let config = metrics.remove("config").ok_or_else(|| lacks("config", Step::Train))?;
    if !metrics.contains_key("recommenders") {
        return Err(lacks("recommenders", Step::Train));
    }
    Ok((config, Value::Object(metrics)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_must_have_what_is_recorded() {
        let report = json!({ "model_id": "m", "seconds": 1.5, "config": { "seed": 1 }, "recommenders": {} });
        let (config, metrics) = config_and_metrics(&report).unwrap();
        assert_eq!((config, metrics), (json!({ "seed": 1 }), json!({ "seconds": 1.5, "recommenders": {} })));
        for (report, key) in [(json!({ "recommenders": {} }), "config"), (json!({ "config": {} }), "recommenders")] {
            let error = config_and_metrics(&report).unwrap_err().to_string();
            assert!(error.contains(&format!("it has no `{key}`")), "{error}");
        }
    }
}
