//! What a person sees while a command works: a bar at a terminal, plain lines in a log.

mod run_bar;
mod run_lines;
mod run_progress;
mod sample_progress;

pub(crate) use run_progress::RunProgress;
pub(crate) use sample_progress::SampleProgress;
