//! `segue runs`.

mod cancel;
mod command;
mod retry;
mod show;

pub(crate) use command::{RunsArgs, run};

/// Stands for the id of the run that started last.
const LATEST: &str = "latest";
