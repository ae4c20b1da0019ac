//! Functions of windows.
//!
//! Those that are `bigint` in Trino and unsigned in DataFusion; `percent_rank`, `cume_dist`, `lead`, `lag`,
//! `first_value` and `last_value` are DataFusion's under their own names, which mean the same but for the errors of
//! wrong offsets.

mod rank;

use std::sync::Arc;

use datafusion::logical_expr::WindowUDF;

pub(super) fn functions() -> Vec<Arc<WindowUDF>> {
    rank::functions()
}
