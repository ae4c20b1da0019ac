//! Functions of groups that Trino answers by estimates.

mod distinct;
mod percentile;
mod registers;

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;

pub(super) use distinct::cardinalities;

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    [distinct::functions(), percentile::functions()].concat()
}
