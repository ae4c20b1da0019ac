//! `segue doctor`: checks everything that Segue needs, one file per thing.

mod check;
mod command;
mod conditional_writes;
mod database;
mod lake;
mod machine;
mod model;
mod scheduler;

pub(crate) use command::{DoctorArgs, run};
