//! Tests of the pipeline's SQL on an embedded cluster.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod oracle;
mod tables;
