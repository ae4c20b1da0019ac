//! Arguments of `segue run`, and what becomes of them.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use lake::ObjectStores;
use pipeline::{Check, Liveness, RemovedSlices, RunOptions};
use udfs::scan;

use super::{execute, step_selection::StepSelection, steps_table};
use crate::{console::Console, interrupt::Interrupt, model_binary::ModelBinary, place, settings::Settings, units};

const EXAMPLES: &str = "\
Examples:
  segue run --input data/raw
  segue run --input s3://bucket/mpd --bad-input quarantine --k 500
  segue run --input data/raw --from train --model-config model.toml
  segue run --input data/raw --steps quarantine,playlists,playlist_tracks

Steps: quarantine, playlists, playlist_tracks, tracks, sequences, track_cooccurrence, train, predict, publish.

Only slices that are new or changed are read, and a step whose input did not change is left out.
What a step writes is checked before it is seen (sql/checks): duplicate_playlists,
playlists_reconciled, quarantined_playlists, declared_track_counts, doubled_playlists,
tracks_reconciled, malformed_uris, durations.

A run that failed or was interrupted goes on where it stopped when the same command is given again.
One run works on a lake at a time. SEGUE_MODEL_THREADS and SEGUE_MODEL_DEVICE tell the trainer what
to compute with.";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
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
    /// Make the tables anew from all slices, even where these did not change
    #[arg(long)]
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
    /// Print the report as one JSON document instead of a table
    #[arg(long)]
    json: bool,
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

/// Reads `check=share`.
fn allowance(text: &str) -> Result<(String, f64), String> {
    let names = || Check::ALL.map(|check| check.name).join(", ");
    let (name, share) = text.split_once('=').ok_or("expected CHECK=SHARE, such as durations=0.1")?;
    if !Check::ALL.iter().any(|check| check.name == name) {
        return Err(format!("unknown check `{name}`: expected one of {}", names()));
    }
    match share.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok((name.to_owned(), share)),
        _ => Err(format!("`{share}` is no share: expected a number from 0 to 1")),
    }
}

pub(crate) async fn run(
    args: RunArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let options = RunOptions {
        input: ObjectStores::parse_url(&args.input)?,
        bad_input: args.bad_input.into(),
        steps: args.selection.steps(),
        fresh: args.fresh,
        full: args.full,
        removed_slices: args.removed_slices,
        allowed: args.allow.into_iter().collect(),
        allow_empty: args.allow_empty,
        predictions: args.k,
        keep_sets: args.keep_sets,
        seed: args.seed,
        train_seconds: args.train_seconds,
        model_config: args.model_config,
        model_binary: args.model.path(),
        model_arguments: settings.trainer_log(),
        triggered_by: "segue run".to_owned(),
        liveness: Liveness::default(),
    };
    let workspace = interrupt.race(settings.open_workspace()).await?;
    let report = execute(&workspace, &options, console.is_quiet(), interrupt).await?;
    if args.json {
        return console.json(&report);
    }
    console.table(&steps_table(&report))?;
    let total = units::milliseconds(report.duration_ms);
    Ok(console.line(format_args!("\nrun {} succeeded in {total}", report.run_id))?)
}
