//! The command line of `segue-model`.
//!
//! Results go to standard output, as text or, with `--json`, as exactly one JSON document; progress and logs go to
//! standard error. Exit status: 0 done, 1 failed, 2 wrong usage, 65 bad data, 78 bad configuration, or a table or model
//! that an earlier step has yet to make.

mod challenge;
mod cli;
mod compare;
mod container;
mod evaluate;
mod export;
mod metrics_args;
mod models;
mod output;
mod predict;
mod recommend;
mod report;
mod run;
mod serve;
mod train;
mod version;

pub use cli::Cli;
pub use run::run;
