//! `segue sql`.

mod command;
mod rows;
mod source;
mod statements;

pub(crate) use command::{SqlArgs, run};
