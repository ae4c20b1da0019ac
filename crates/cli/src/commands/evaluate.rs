//! `segue evaluate`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use tokio::process::Command;

use crate::{model_binary::ModelBinary, settings::Settings};

const EXAMPLES: &str = "\
Examples:
  segue import Beauty.txt --format sequences --output data/raw/beauty
  segue run --input data/raw/beauty --steps quarantine,playlists,playlist_tracks,tracks,sequences
  segue evaluate --protocol leave-one-out        hit rate, NDCG and MRR of the blend and its rivals";

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArgs {
    /// What is hidden: the last two items of each list, or the second halves of some
    #[arg(long, value_enum, default_value_t = Protocol::LeaveOneOut)]
    protocol: Protocol,
    /// TOML file with settings of the trainer; what it leaves out keeps the protocol's default
    #[arg(long, env = "SEGUE_MODEL_CONFIG", value_name = "FILE")]
    model_config: Option<PathBuf>,
    /// File to write what was measured to, as a page of HTML with curves and tables
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    model: ModelBinary,
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
}

/// What is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// Some playlists are kept out of training, and their second halves are to be found
    Continuation,
    /// The last item of each list tests, the one before it validates
    LeaveOneOut,
}

impl Protocol {
    fn word(self) -> &'static str {
        match self {
            Self::Continuation => "continuation",
            Self::LeaveOneOut => "leave-one-out",
        }
    }
}

/// Hands the question to the trainer's program, which writes the figures, or what is wrong, itself.
pub(crate) async fn run(args: EvaluateArgs, settings: &Settings) -> Result<()> {
    let mut command = Command::new(args.model.path());
    command.args(["evaluate", "--lake", &settings.lake, "--protocol", args.protocol.word()]);
    command.args(settings.trainer_log()).env_remove("RUST_LOG");
    if let Some(config) = &args.model_config {
        command.arg("--config").arg(config);
    }
    if let Some(report) = &args.report {
        command.arg("--report").arg(report);
    }
    if args.json {
        command.arg("--json");
    }
    args.model.hand_over(command).await
}
