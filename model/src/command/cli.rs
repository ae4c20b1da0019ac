//! What can be typed.

use clap::{Args, Parser, Subcommand};
use runtime::{telemetry::LogFormat, traces};
use tracing::{Span, info_span};

use super::{
    challenge::ChallengeArgs, compare::CompareArgs, container::ContainerArgs, evaluate::EvaluateArgs,
    export::ExportArgs, models::ModelsArgs, predict::PredictArgs, recommend::RecommendArgs, report::ReportArgs,
    serve::ServeArgs, train::TrainArgs, version::VersionArgs,
};
use crate::DeviceChoice;

/// Trains, evaluates and applies next-track models on the playlists of a lake.
#[derive(Debug, Parser)]
#[command(name = "segue-model", version, propagate_version = true)]
pub struct Cli {
    /// Which logs go to standard error, in the syntax of `RUST_LOG`.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", default_value = "warn,model=info", global = true)]
    pub log: String,
    /// Form of the log lines: text or json.
    #[arg(long, env = "SEGUE_LOG_FORMAT", value_name = "FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
    /// Collector that is told of spans, by OTLP over HTTP: http://host:4318; without it there are none.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// Span of whoever starts the command, whose part it is then: the W3C's `traceparent`.
    #[arg(long, env = "TRACEPARENT", global = true, hide = true, value_name = "PARENT")]
    pub(super) trace_parent: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

impl Cli {
    /// The span of the command; one that serves has none of its own, its requests have.
    pub fn span(&self) -> Span {
        let command = match self.command {
            Command::Serve(_) | Command::Container(_) => return Span::none(),
            Command::Train(_) => "train",
            Command::Evaluate(_) => "evaluate",
            Command::Predict(_) => "predict",
            Command::Recommend(_) => "recommend",
            Command::Challenge(_) => "challenge",
            Command::Report(_) => "report",
            Command::Export(_) => "export",
            Command::Compare(_) => "compare",
            Command::Models(_) => "models",
            Command::Version(_) => "version",
        };
        let span = info_span!("segue-model", command);
        if let Some(parent) = &self.trace_parent {
            traces::adopt(&span, parent);
        }
        span
    }

    /// Whether the command keeps the processor busy for more than a moment.
    pub fn computes_at_length(&self) -> bool {
        matches!(
            self.command,
            Command::Train(_)
                | Command::Evaluate(_)
                | Command::Predict(_)
                | Command::Challenge(_)
                | Command::Serve(_)
                | Command::Container(_)
        )
    }
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Train a model, judge it beside its rivals, and save it in the lake.
    Train(TrainArgs),
    /// Train on what a protocol leaves visible, judge on what it hides, and report.
    Evaluate(EvaluateArgs),
    /// Predict the next tracks of every playlist into the lake's table `predictions`.
    Predict(PredictArgs),
    /// Recommend tracks for a list of tracks, or for a title.
    Recommend(RecommendArgs),
    /// Answer requests over HTTP: `/ping`, `/invocations`, the Open Inference Protocol under `/v2`, `/metrics`.
    Serve(ServeArgs),
    /// Train or serve as Amazon SageMaker calls its containers, below `/opt/ml`.
    Container(ContainerArgs),
    /// The RecSys Challenge 2018: judge by its ten categories, or write a submission.
    Challenge(ChallengeArgs),
    /// Write what was measured about a model as a page of HTML.
    Report(ReportArgs),
    /// Write a model as files that other programs can compute with.
    Export(ExportArgs),
    /// Put what was measured about models side by side.
    Compare(CompareArgs),
    /// List the models of the lake with what was measured.
    Models(ModelsArgs),
    /// Print versions and devices.
    Version(VersionArgs),
}

/// Where the lake is.
#[derive(Debug, Args)]
pub(super) struct LakeArgs {
    /// Lake: a path, or an address with `file://` or `s3://`; the latter is reached as the `AWS_…` variables say.
    #[arg(long, env = "SEGUE_LAKE", value_name = "URL")]
    pub(super) lake: String,
}

/// What computes.
#[derive(Debug, Args)]
pub(super) struct ComputeArgs {
    /// Threads that compute; default is one for each processor core.
    #[arg(long, env = "SEGUE_MODEL_THREADS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Device that computes: cpu, cuda, or auto for cuda where there is one.
    #[arg(long, env = "SEGUE_MODEL_DEVICE", value_enum, default_value_t = DeviceChoice::Auto)]
    pub(super) device: DeviceChoice,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[test]
    fn usage_is_checked() {
        check("train --lake /tmp/lake", true);
        check("train --lake /tmp/lake --epochs 3 --seed 1 --threads 2 --max-seconds 10 --device cpu --json", true);
        check("train --lake /tmp/lake --epochs 0", false);
        check("train --lake /tmp/lake --threads 0", false);
        check("evaluate --lake /tmp/lake --protocol leave-one-out --json", true);
        check("evaluate --lake /tmp/lake --protocol loo", false);
        check("predict --lake /tmp/lake --model latest --k 10", true);
        check("predict --lake /tmp/lake --model newest", false);
        check("recommend --lake /tmp/lake", false);
        check("recommend --lake /tmp/lake --title chill", true);
        check("recommend --lake /tmp/lake --tracks spotify:track:0123456789abcdefABCDEF", true);
        check("recommend --lake /tmp/lake --tracks spotify:track:short", false);
        check("serve --lake /tmp/lake --address 0.0.0.0:80 --batch 8 --watch-seconds 0", true);
        check("serve --lake /tmp/lake --queue 0", false);
        check("container train", true);
        check("container export", false);
        check("challenge --lake /tmp/lake evaluate --json", true);
        check("challenge --lake /tmp/lake submit --input c.json --team t --email e", true);
        check("challenge --lake /tmp/lake submit", false);
        check("compare --lake /tmp/lake latest", false);
        check("compare --lake /tmp/lake latest latest", true);
        check("report --lake /tmp/lake --output r.html", true);
        check("export --lake /tmp/lake --output out", true);
        check("export --lake /tmp/lake", false);
        check("models --lake /tmp/lake --json", true);
        check("version", true);
    }

    #[track_caller]
    fn check(arguments: &str, accepted: bool) {
        let parsed = Cli::try_parse_from(std::iter::once("segue-model").chain(arguments.split(' ')));
        assert_eq!(parsed.is_ok(), accepted, "{arguments}: {parsed:?}");
    }
}
