//! Functions of groups that Trino answers by estimates, and what may be asked of the sketches that these are made by.

mod bytes;
mod digest;
mod distinct;
mod frequent;
mod hash;
mod histogram;
mod percentile;
mod qdigest;
mod quantiles;
mod registers;
mod tdigest;
mod values;

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub(super) use bytes::is_sketch;
pub(super) use distinct::cardinalities;
pub(in crate::functions) use hash::hashes;

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    [
        distinct::functions(),
        percentile::functions(),
        quantiles::functions(),
        frequent::functions(),
        histogram::functions(),
    ]
    .concat()
}

/// Of one value a row.
pub(super) fn scalars() -> Vec<Arc<ScalarUDF>> {
    [distinct::scalars(), values::scalars()].concat()
}
