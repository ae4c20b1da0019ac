//! What goes wrong, and how a person is told.

mod engine_words;
mod kinds;
mod message;
mod report;

pub(crate) use kinds::{Advised, AlreadyReported, UsageError};
pub(crate) use message::message;
pub(crate) use report::report;
