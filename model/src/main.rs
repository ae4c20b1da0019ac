//! `segue-model`: trains, evaluates and applies next-track models.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use model::command::{Cli, run};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Results go to standard output, so that logs must not.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,model=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let tokio = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(tokio) => tokio,
        Err(error) => return report(&error, 1),
    };
    match tokio.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error, error.exit_code()),
    }
}

/// Writes an error and its causes to standard error, one line each.
fn report(error: &dyn std::error::Error, code: u8) -> ExitCode {
    let mut text = format!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        // libtorch appends a stack of its own frames.
        let message = cause.to_string();
        text.push_str("\n  caused by: ");
        text.push_str(message.lines().next().unwrap_or_default());
        source = cause.source();
    }
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(code)
}
