//! `segue run`.

mod command;
mod execute;
mod step_selection;
mod summary;

pub(crate) use command::{BadInput, RunArgs, run};
pub(crate) use execute::execute;
pub(crate) use summary::steps_table;
