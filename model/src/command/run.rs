//! Does what was typed.

use std::sync::Arc;

use lake::{Lake, ObjectStores};
use tch::Device;

use super::{
    Cli, challenge,
    cli::{Command, ComputeArgs, LakeArgs},
    compare, container, evaluate, export, models, predict, recommend, report, serve, train, version,
};
use crate::{Error, Result};

/// Does what was typed and prints the result to standard output.
///
/// # Errors
/// Any [`Error`]; its [`Error::exit_code`] is the process's.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Train(args) => train::run(args, cli.log_format).await,
        Command::Evaluate(args) => evaluate::run(args, cli.log_format).await,
        Command::Predict(args) => predict::run(args).await,
        Command::Recommend(args) => recommend::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Container(args) => container::run(args, cli.log_format).await,
        Command::Challenge(args) => challenge::run(args).await,
        Command::Report(args) => report::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Compare(args) => compare::run(args).await,
        Command::Models(args) => models::run(args).await,
        Command::Version(args) => version::run(&args),
    }
}

impl LakeArgs {
    pub(super) async fn open(&self) -> Result<Lake> {
        let stores = Arc::new(ObjectStores::from_env());
        Lake::open(&self.lake, stores).await.map_err(Error::lake("open the lake at", self.lake.as_str()))
    }
}

impl ComputeArgs {
    /// Sets the number of threads, of libtorch and of our own loops, and finds the device. Done once, at the start.
    pub(super) fn apply(&self) -> Result<Device> {
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        tch::set_num_threads(i32::try_from(threads).unwrap_or(i32::MAX));
        // A second call in one process, as in tests, leaves the first pool in place.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        self.device.resolve()
    }
}
