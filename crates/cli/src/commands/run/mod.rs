//! `segue run`.

mod command;
mod execute;
mod run_settings;
mod step_selection;
mod summary;

pub(crate) use command::{RunArgs, run};
pub(crate) use execute::execute;
pub(crate) use run_settings::{BadInput, RunSettings, dag};
pub(crate) use summary::steps_table;
