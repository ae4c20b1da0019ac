//! Maps.

mod build;
mod entries;
mod parts;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;
pub(crate) use entries::{Entries, duplicate_map_keys};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [build::functions(), parts::functions()].concat()
}
