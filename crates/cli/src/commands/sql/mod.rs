//! `segue sql`.

mod command;
mod plans;
mod rows;
mod source;
mod statements;

pub(crate) use command::{SqlArgs, run};
