//! Functions of groups.
//!
//! All of them ignore rows whose first argument is NULL, and are NULL for no rows, where nothing else is said.

mod average;
mod boolean;
mod by;
mod checksum;
mod collect;
mod extreme;
mod histogram;
mod maps;
mod moments;
mod regression;
mod sum;
mod text;

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    [
        sum::functions(),
        average::functions(),
        boolean::functions(),
        extreme::functions(),
        by::functions(),
        checksum::functions(),
        collect::functions(),
        text::functions(),
        histogram::functions(),
        maps::functions(),
        moments::functions(),
        regression::functions(),
    ]
    .concat()
}
