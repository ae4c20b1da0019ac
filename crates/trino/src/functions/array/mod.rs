//! Arrays.

mod cardinality;
mod elements;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;
pub(crate) use elements::{Elements, Picks, index};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [cardinality::functions()].concat()
}
