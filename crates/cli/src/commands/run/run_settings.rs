//! What a run is told on the command line.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};
use lake::ObjectStores;
use pipeline::{Check, Dag, RemovedSlices, RowPolicy, RunOptions, WorseModel};
use udfs::scan;

use super::step_selection::StepSelection;
use crate::{failure::UsageError, model_binary::ModelBinary, place, settings::Settings};

/// Arguments that say what a run does.
#[derive(Debug, Args)]
pub(crate) struct RunSettings {
    /// Raw slices: a folder or file, as a path, file:///path or s3://bucket/prefix
    #[arg(long, env = "SEGUE_INPUT", value_name = "URL", value_parser = place::parse)]
    input: String,
    /// What to do about playlists that cannot be used: fail, or set them aside in the table quarantine
    #[arg(long, env = "SEGUE_BAD_INPUT", value_enum, value_name = "POLICY", default_value_t = BadInput::Fail)]
    bad_input: BadInput,
    #[command(flatten)]
    selection: StepSelection,
    /// Begin anew even if an unfinished run of the same work could be continued
    #[arg(long)]
    fresh: bool,
    /// Make everything anew from all slices, even where these did not change
    #[arg(long, visible_alias = "backfill")]
    full: bool,
    /// What happens to the rows of slices that are there no more: remove, keep (until --full) or fail
    #[arg(long, env = "SEGUE_REMOVED_SLICES", value_name = "POLICY", default_value = "remove")]
    removed_slices: RemovedSlices,
    /// Share of violations, from 0 to 1, up to which a check passes
    #[arg(long, value_name = "CHECK=SHARE", value_parser = allowance)]
    allow: Vec<(String, f64)>,
    /// Let steps succeed that yield no rows
    #[arg(long)]
    allow_empty: bool,
    /// What happens when a step yields far more or fewer rows than in past runs: off, warn or fail
    #[arg(long, env = "SEGUE_ROW_HISTORY", value_name = "POLICY", default_value = "fail")]
    row_history: RowPolicy,
    /// Share of the published model's NDCG@500 that a new one may lose; a loss that chance explains passes, too
    #[arg(long, env = "SEGUE_WORSE_BY", value_name = "SHARE", default_value_t = 0.05, value_parser = share)]
    worse_by: f64,
    /// Publish a model although it is worse than the published one
    #[arg(long)]
    publish_worse: bool,
    /// The graph of steps, a TOML file like sql/pipeline/pipeline.toml, which is the default
    #[arg(long, env = "SEGUE_PIPELINE", value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// Tracks to predict for each playlist
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    k: u16,
    /// Prediction sets to keep in the database, the current one included
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    keep_sets: u32,
    /// Seed of the trainer's random choices
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    seed: u64,
    /// Seconds after which training stops; default from the trainer's settings
    #[arg(long, value_name = "SECONDS")]
    train_seconds: Option<u64>,
    /// Settings of the trainer, a TOML file
    #[arg(long, env = "SEGUE_MODEL_CONFIG", value_name = "FILE")]
    model_config: Option<PathBuf>,
    #[command(flatten)]
    model: ModelBinary,
}

/// What to do about playlists that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BadInput {
    /// Fail and name them
    Fail,
    /// Set them aside and go on
    Quarantine,
}

impl From<BadInput> for scan::BadInput {
    fn from(policy: BadInput) -> Self {
        match policy {
            BadInput::Fail => Self::Fail,
            BadInput::Quarantine => Self::Quarantine,
        }
    }
}

impl RunSettings {
    /// The options of a run.
    ///
    /// # Errors
    /// If the input is no address, the graph cannot be used, or a step is not part of it.
    pub(crate) fn options(self, settings: &Settings, triggered_by: &str) -> Result<RunOptions> {
        let dag = dag(self.pipeline.as_deref())?;
        check_names(&self.allow, &dag).map_err(UsageError)?;
        Ok(RunOptions {
            steps: self.selection.steps(&dag.steps()).map_err(UsageError)?,
            bad_input: self.bad_input.into(),
            fresh: self.fresh,
            full: self.full,
            removed_slices: self.removed_slices,
            allowed: self.allow.into_iter().collect(),
            allow_empty: self.allow_empty,
            row_history: self.row_history,
            worse_model: WorseModel { tolerated: self.worse_by, publish: self.publish_worse },
            predictions: self.k,
            keep_sets: self.keep_sets,
            seed: self.seed,
            train_seconds: self.train_seconds,
            // A run may be taken up again from another folder.
            model_config: self.model_config.map(std::path::absolute).transpose()?,
            model_binary: self.model.path(),
            model_arguments: settings.trainer_log(),
            triggered_by: triggered_by.to_owned(),
            ..RunOptions::new(ObjectStores::parse_url(&self.input)?, dag)
        })
    }
}

/// The graph of a file, or the program's own.
///
/// # Errors
/// [`pipeline::DagError`].
pub(crate) fn dag(path: Option<&Path>) -> Result<Dag> {
    Ok(path.map_or_else(Dag::builtin, Dag::read)?)
}

/// Reads a share.
fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(format!("`{text}` is no share: expected a number from 0 to 1")),
    }
}

/// Whether all that is allowed belongs to checks of the graph or of the program.
fn check_names(allowed: &[(String, f64)], dag: &Dag) -> Result<(), String> {
    let mut names: Vec<&str> = Check::ALL.iter().map(|check| check.name).collect();
    names.extend(
        dag.steps()
            .into_iter()
            .flat_map(Check::of)
            .map(|check| check.name)
            .filter(|name| !Check::ALL.iter().any(|known| known.name == *name)),
    );
    match allowed.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("unknown check `{name}`: expected one of {}", names.join(", "))),
        None => Ok(()),
    }
}

/// Reads `check=share`.
fn allowance(text: &str) -> Result<(String, f64), String> {
    let (name, share) = text.split_once('=').ok_or("expected CHECK=SHARE, such as durations=0.1")?;
    Ok((name.to_owned(), self::share(share)?))
}
