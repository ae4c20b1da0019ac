//! Tests of the pipeline's SQL on an embedded cluster.

mod oracle;
mod tables;
