//! The end of what WITH RECURSIVE may take.

use std::sync::Arc;

use arrow::array::BooleanArray;
use datafusion::logical_expr::ScalarUDF;

use crate::{ErrorName, TrinoType, functions::define::define_volatile};

/// Most steps of a recursive query: Trino's default of `max_recursion_depth`.
pub(crate) const RECURSION_DEPTH: usize = 10;

/// The condition on rows of which there must be none, whatever they are: false for no row, and an error for the first.
/// It is volatile, so that it stays where it is put.
pub(super) fn too_deep() -> Arc<ScalarUDF> {
    define_volatile(
        "$too_deep",
        |_| Ok(Some(TrinoType::Boolean)),
        |call| {
            if call.rows == 0 {
                return Ok(Arc::new(BooleanArray::from(Vec::<bool>::new())));
            }
            let message = format!(
                "Recursion depth limit exceeded ({RECURSION_DEPTH}). Use 'max_recursion_depth' session property to modify the limit."
            );
            Err(ErrorName::NotSupported.error(message))
        },
    )
}
