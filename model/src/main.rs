//! `segue-model`: trains, evaluates and applies next-track models.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use model::{
    Error,
    command::{Cli, run},
    wait_without_spinning,
};
use runtime::{telemetry, traces::TraceOptions};
use tracing::Instrument;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.computes_at_length() {
        wait_without_spinning();
    }
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_closed_output() => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn start(cli: Cli) -> Result<(), Error> {
    let wrong = |field: &str| {
        let field = field.to_owned();
        move |problem| Error::Configuration { field, problem }
    };
    let traces = TraceOptions::new("segue-model", cli.otlp_endpoint.as_deref()).map_err(wrong("otlp-endpoint"))?;
    // To the end, as spans are told until then.
    let _telemetry = telemetry::init(&cli.log, cli.log_format, traces.as_ref()).map_err(wrong("log"))?;
    let mut tokio = tokio::runtime::Builder::new_multi_thread();
    let tokio = tokio.worker_threads(2).enable_all().build().map_err(Error::Runtime)?;
    let span = cli.span();
    tokio.block_on(run(cli).instrument(span))
}

/// Writes an error and its causes to standard error, one line each.
fn report(error: &Error) -> ExitCode {
    let mut text = format!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let message = cause.to_string();
        text.push_str("\n  caused by: ");
        // libtorch appends a stack of its own frames; what is wrong with a file of settings takes several lines.
        let lines = if matches!(error, Error::ConfigurationFile { .. }) { usize::MAX } else { 1 };
        text.push_str(&message.lines().take(lines).collect::<Vec<_>>().join("\n    "));
        source = cause.source();
    }
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(error.exit_code())
}
