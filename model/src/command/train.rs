//! `segue-model train`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    io::{self, IsTerminal},
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use runtime::telemetry::LogFormat;
use serde::Serialize;

use super::{
    cli::{ComputeArgs, LakeArgs},
    metrics_args::MetricsArgs,
    output::{print_json, print_text},
};
use crate::{
    Error, Result,
    artefact::{self, ModelId},
    config::ModelConfig,
    evaluation::MetricsReport,
    training::{
        BarProgress, CheckpointFile, Dataset, LineProgress, LogProgress, MeteredProgress, Progress, train_model,
    },
};

/// Longest silence of a training run that is not watched at a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Arguments of `train`.
#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// TOML file with settings; what it leaves out keeps its default.
    #[arg(long, env = "SEGUE_MODEL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Most passes over the training playlists; default from the settings.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Parquet file of attributes of tracks, joined by its column `track_uri`: numbers, truth values and texts, which the
    /// network is given beside the address; default from the settings.
    #[arg(long, env = "SEGUE_MODEL_ATTRIBUTES", value_name = "FILE")]
    attributes: Option<String>,
    /// Seed of every random choice; default from the settings.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Wall-clock seconds after which training stops, 0 for no limit; default from the settings. Reading, weighing and
    /// judging come on top.
    #[arg(long, env = "SEGUE_MODEL_MAX_SECONDS", value_name = "SECONDS")]
    max_seconds: Option<u64>,
    /// File to keep the state of training in: the same command goes on from it, and ends with the same weights as if it
    /// had never been interrupted. It is removed when the model is saved.
    #[arg(long, env = "SEGUE_MODEL_CHECKPOINT", value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Seconds between checkpoints; 0 writes one after every step.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "checkpoint")]
    checkpoint_seconds: u64,
    #[command(flatten)]
    metrics: MetricsArgs,
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// What `train --json` prints.
#[derive(Debug, Serialize)]
struct TrainOutput<'a> {
    model_id: ModelId,
    seconds: f64,
    epochs: u32,
    revision: Option<&'a str>,
    data_versions: &'a BTreeMap<String, u64>,
    config: &'a ModelConfig,
    #[serde(flatten)]
    metrics: &'a MetricsReport,
}

pub(super) async fn run(args: TrainArgs, log_format: LogFormat) -> Result<()> {
    args.metrics.serve().await?;
    let trained = train(&args, log_format).await;
    args.metrics.push().await;
    trained
}

async fn train(args: &TrainArgs, log_format: LogFormat) -> Result<()> {
    let started = Instant::now();
    let config = settings(args)?;
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let mut progress = metered(log_format)?;
    progress.phase("reading the lake");
    let dataset = Dataset::load(&lake, &config).await?;
    let mut checkpoint = args.checkpoint.as_deref().map(|path| {
        CheckpointFile::new(path, Duration::from_secs(args.checkpoint_seconds), dataset.fingerprint(&config))
    });
    let model = train_model(dataset, &config, device, checkpoint.as_mut(), &mut progress)?;
    progress.phase("saving the model");
    let manifest = artefact::save(&lake, &model).await?;
    if let Some(checkpoint) = checkpoint {
        checkpoint.remove()?;
    }
    drop(progress);
    let seconds = started.elapsed().as_secs_f64();
    if args.json {
        return print_json(&TrainOutput {
            model_id: manifest.model_id,
            seconds,
            epochs: model.metrics.training.epochs,
            revision: manifest.revision.as_deref(),
            data_versions: &model.data_versions,
            config: &model.config,
            metrics: &model.metrics,
        });
    }
    print_text(&summary(&format!("model {}", manifest.model_id), &model.metrics, seconds))
}

fn settings(args: &TrainArgs) -> Result<ModelConfig> {
    let mut config = match &args.config {
        Some(path) => ModelConfig::from_file(path)?,
        None => ModelConfig::default(),
    };
    if let Some(file) = &args.attributes {
        config.attributes.file.clone_from(file);
    }
    config.seed = args.seed.unwrap_or(config.seed);
    config.training.epochs = args.epochs.unwrap_or(config.training.epochs);
    config.training.max_seconds = args.max_seconds.unwrap_or(config.training.max_seconds);
    config.validate()?;
    Ok(config)
}

/// Progress for people and for Prometheus.
fn metered(log_format: LogFormat) -> Result<MeteredProgress> {
    MeteredProgress::registered(progress(log_format)).map_err(|error| Error::Runtime(io::Error::other(error)))
}

pub(super) fn progress(log_format: LogFormat) -> Box<dyn Progress> {
    if log_format == LogFormat::Json {
        Box::new(LogProgress::new(LINE_INTERVAL))
    } else if io::stderr().is_terminal() {
        Box::new(BarProgress::default())
    } else {
        Box::new(LineProgress::new(io::stderr(), LINE_INTERVAL))
    }
}

pub(super) fn summary(what: &str, metrics: &MetricsReport, seconds: f64) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let columns: Vec<&str> = metrics.protocol.metrics().iter().map(|metric| metric.name()).collect();
    table.set_header(std::iter::once("recommender").chain(columns.iter().copied()));
    for (name, measured) in &metrics.recommenders {
        let cell = |metric: &&str| match measured.metrics.get(*metric) {
            Some(interval) => format!("{:.4} [{:.4}, {:.4}]", interval.mean, interval.low, interval.high),
            None => String::new(),
        };
        table.add_row(std::iter::once(name.clone()).chain(columns.iter().map(cell)));
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{what}: {} tracks, {} epochs, weight of the neighbours {:.2}, share of the factorisation {:.2}, {seconds:.1} s",
        metrics.vocabulary,
        metrics.training.epochs,
        metrics.blend.weight,
        metrics.blend.share()
    );
    let _ = writeln!(text, "{} test playlists, full ranking, 95 % confidence intervals:", metrics.playlists.test);
    let _ = write!(text, "{table}");
    text
}
