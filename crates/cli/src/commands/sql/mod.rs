//! `segue sql`.

mod command;
mod source;
mod statements;

pub(crate) use command::{SqlArgs, run};
