//! `segue sql`.

mod command;
mod place;
mod shell;
mod show;
mod source;
mod statements;

pub(crate) use command::{SqlArgs, run};
