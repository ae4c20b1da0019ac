//! `segue-model evaluate`.

use std::{path::PathBuf, time::Instant};

use clap::Args;
use runtime::telemetry::LogFormat;

use super::{
    cli::{ComputeArgs, LakeArgs},
    output::{check_place, print_json, print_text, write_page},
    train::{progress, summary},
};
use crate::{
    Result,
    config::ModelConfig,
    evaluation::Protocol,
    report::page,
    training::{Dataset, train_model},
};

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub(super) struct EvaluateArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// What is hidden: `continuation` keeps whole playlists out of training, `leave-one-out` the last two items of each.
    #[arg(long, value_enum, default_value_t = Protocol::LeaveOneOut)]
    protocol: Protocol,
    /// TOML file with settings; what it leaves out keeps the protocol's default.
    #[arg(long, env = "SEGUE_MODEL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Parquet file of attributes of tracks, joined by its column `track_uri`: numbers, truth values and texts, which the
    /// network is given beside the address; default from the settings.
    #[arg(long, env = "SEGUE_MODEL_ATTRIBUTES", value_name = "FILE")]
    attributes: Option<String>,
    /// Seed of every random choice; default from the settings.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Wall-clock seconds after which training stops, 0 for no limit; default from the settings.
    #[arg(long, env = "SEGUE_MODEL_MAX_SECONDS", value_name = "SECONDS")]
    max_seconds: Option<u64>,
    /// File to write what was measured to, as a page of HTML.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Trains on what the protocol leaves visible, judges on what it hides, and keeps nothing but the figures.
pub(super) async fn run(args: EvaluateArgs, log_format: LogFormat) -> Result<()> {
    let started = Instant::now();
    let mut config = ModelConfig::for_protocol(args.protocol, args.config.as_deref())?;
    if let Some(file) = &args.attributes {
        config.attributes.file.clone_from(file);
    }
    config.seed = args.seed.unwrap_or(config.seed);
    config.training.max_seconds = args.max_seconds.unwrap_or(config.training.max_seconds);
    config.validate()?;
    if let Some(file) = &args.report {
        check_place(file)?;
    }
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let mut progress = progress(log_format);
    progress.phase("reading the lake");
    let dataset = Dataset::load_for(&lake, args.protocol, &config).await?;
    let model = train_model(dataset, &config, device, None, &mut *progress)?;
    drop(progress);
    // First what nothing else keeps.
    match args.json {
        true => print_json(&model.metrics)?,
        false => print_text(&summary("evaluated", &model.metrics, started.elapsed().as_secs_f64()))?,
    }
    if let Some(file) = &args.report {
        let title = format!("Evaluation by {:?} of {}", args.protocol, lake.url());
        // Examples would have to be of the lake's own split, which is not what was judged by.
        let page = page(&title, &model.metrics, &[]);
        write_page(file, &page)?;
    }
    Ok(())
}
