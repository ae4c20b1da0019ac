//! `segue-scheduler`: the Ballista scheduler with Segue's session, codecs and metrics.

mod endpoint_start;
mod options;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = options::Options::parse();
    match run::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %format!("{error:#}"), "scheduler failed");
            ExitCode::FAILURE
        }
    }
}
