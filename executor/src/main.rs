//! `segue-executor`: the Ballista executor with Segue's session, codecs and metrics.

mod options;
mod run;
mod work_folder;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let options = options::Options::parse();
    match run::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %format!("{error:#}"), "executor failed");
            ExitCode::FAILURE
        }
    }
}
