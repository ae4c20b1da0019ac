//! The value of a scalar subquery.

use std::sync::Arc;

use arrow::array::Array;
use datafusion::logical_expr::ScalarUDF;

use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define},
};

/// The first argument; an error where the second one, how many rows a subquery has, is more than 1.
pub(super) fn single() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| match arguments.types {
        [of, TrinoType::Bigint] => Ok(Some(of.clone())),
        _ => Ok(None),
    };
    define("$single", typing, |call| {
        let rows = call.integers(1)?;
        if rows.iter().flatten().any(|rows| rows > 1) {
            return Err(ErrorName::SubqueryMultipleRows.error("Scalar sub-query has returned multiple rows"));
        }
        debug_assert_eq!(rows.len(), call.arrays[0].len());
        Ok(Arc::clone(&call.arrays[0]))
    })
}
