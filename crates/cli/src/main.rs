//! `segue`: runs the pipeline, asks the lake, and shows what was done.
//!
//! Standard output carries data only; progress, notices and errors go to standard error. What a command does is in
//! [`commands`], one file or folder each.

mod arguments;
mod channels;
mod commands;
mod console;
mod data_out;
mod exit_code;
mod failure;
mod formats;
mod interrupt;
mod model_binary;
mod place;
mod process;
mod progress;
mod settings;
mod table;
mod units;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match process::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
