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
use runtime::telemetry;

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
    telemetry::init(&cli.log, cli.log_format)
        .map_err(|problem| Error::Configuration { field: "log".to_owned(), problem })?;
    let mut tokio = tokio::runtime::Builder::new_multi_thread();
    let tokio = tokio.worker_threads(2).enable_all().build().map_err(Error::Runtime)?;
    tokio.block_on(run(cli))
}

/// Writes an error and its causes to standard error, one line each.
fn report(error: &Error) -> ExitCode {
    let mut text = format!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        // libtorch appends a stack of its own frames.
        let message = cause.to_string();
        text.push_str("\n  caused by: ");
        text.push_str(message.lines().next().unwrap_or_default());
        source = cause.source();
    }
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(error.exit_code())
}
