//! Steps of the trainer, which is a program of its own: only it links libtorch.

use std::process::Stdio;

use serde_json::Value;
use store::{ModelId, ModelRecord};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
};

use super::{Output, query::version_of};
use crate::{Error, Event, Observer, Result, RunOptions, Step, Workspace};

/// Trains a model and records it.
pub(crate) async fn train(workspace: &Workspace, options: &RunOptions, observer: &dyn Observer) -> Result<Output> {
    let mut command = command(workspace, options, "train");
    command.arg("--seed").arg(options.seed.to_string());
    if let Some(seconds) = options.train_seconds {
        command.arg("--max-seconds").arg(seconds.to_string());
    }
    if let Some(config) = &options.model_config {
        command.arg("--config").arg(config);
    }
    let report = run(command, options, Step::Train, observer).await?;
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
    let mut command = command(workspace, options, "predict");
    command.arg("--k").arg(options.predictions.to_string());
    if let Some(model_id) = model_id {
        command.arg("--model").arg(model_id);
    }
    let report = run(command, options, Step::Predict, observer).await?;
    let snapshot = workspace.lake.table("predictions")?.snapshot().await?;
    Ok(Output {
        rows: Some(snapshot.rows()),
        bytes: Some(snapshot.bytes()),
        version: Some(version_of(&snapshot)),
        details: Some(report),
    })
}

fn command(workspace: &Workspace, options: &RunOptions, verb: &str) -> Command {
    let mut command = Command::new(&options.model_binary);
    command.arg(verb).arg("--lake").arg(workspace.lake.url().as_str()).arg("--json");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs the trainer; its standard error becomes progress, its standard output is one JSON document.
async fn run(mut command: Command, options: &RunOptions, step: Step, observer: &dyn Observer) -> Result<Value> {
    let started = std::time::Instant::now();
    let missing = |source| Error::ModelMissing { binary: options.model_binary.display().to_string(), source };
    let mut child = command.spawn().map_err(missing)?;
    let (Some(mut stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(missing(std::io::Error::other("its output cannot be read")));
    };
    let mut lines = BufReader::new(stderr).lines();
    let follow = async {
        let mut last = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if !line.trim().is_empty() {
                last = line.trim().to_owned();
                observer.notify(&Event::StepProgress { step, elapsed: started.elapsed(), message: last.clone() });
            }
        }
        last
    };
    let mut document = String::new();
    let (last_words, read) = tokio::join!(follow, stdout.read_to_string(&mut document));
    let status = child.wait().await.map_err(missing)?;
    if !status.success() {
        return Err(Error::Model { step, status, last_words });
    }
    let unclear = |reason: String| Error::ModelReport { step, reason };
    read.map_err(|error| unclear(error.to_string()))?;
    serde_json::from_str(&document).map_err(|error| unclear(error.to_string()))
}

fn text(report: &Value, key: &str, step: Step) -> Result<String> {
    let value = report.get(key).and_then(Value::as_str);
    value.map(str::to_owned).ok_or_else(|| Error::ModelReport { step, reason: format!("it has no `{key}`") })
}

async fn record(workspace: &Workspace, model_id: &str, report: &Value) -> Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let record = ModelRecord {
        model_id: ModelId::try_new(model_id)?,
        created_at_us: i64::try_from(now.as_micros()).unwrap_or(i64::MAX),
        lake_url: format!("{}models/{model_id}/", workspace.lake.url()),
        metrics: report.get("metrics").cloned().unwrap_or(Value::Null),
        config: report.get("config").cloned().unwrap_or(Value::Null),
    };
    Ok(workspace.store.record_model(&record).await?)
}
