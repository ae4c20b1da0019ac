//! Tests of the pipeline on an embedded cluster: its SQL, and how its runs end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(test)]
mod checks;
mod drift;
mod endings;
mod history;
mod increments;
mod oracle;
mod own_steps;
mod place;
mod tables;
