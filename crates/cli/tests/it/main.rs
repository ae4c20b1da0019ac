//! The command as people use it: a process, its exit code, and what it writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod catalog;
mod control;
mod doctor;
mod encrypted;
mod failing_trainer;
mod full_disk;
mod import;
mod interruption;
mod pipeline;
mod publishing;
mod shell;
mod takeover;
mod trainer;
mod usage;
mod watching;
mod workplace;
