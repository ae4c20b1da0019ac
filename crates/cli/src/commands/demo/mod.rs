//! `segue demo`: the whole pipeline, and then what came of it, told to a person.

mod command;
mod examples;
mod metrics;
mod next_steps;
mod sample_slices;

pub(crate) use command::{DemoArgs, run};
