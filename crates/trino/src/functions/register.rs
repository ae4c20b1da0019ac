//! All functions, as a session takes them.

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

/// Functions of all kinds.
#[derive(Debug, Default)]
pub struct FunctionSet {
    /// One value from the values of a row.
    pub scalar: Vec<Arc<ScalarUDF>>,
    /// One value from the values of a group.
    pub aggregate: Vec<Arc<AggregateUDF>>,
    /// A value for each row of a window.
    pub window: Vec<Arc<WindowUDF>>,
}

/// All functions of Trino's that Segue knows, each under its name behind [`super::PREFIX`].
#[must_use]
pub fn functions() -> FunctionSet {
    let scalar =
        [super::array::functions(), super::map::functions(), super::time::functions(), super::json::functions()]
            .concat();
    let aggregate = [super::aggregate::functions(), super::sketch::functions()].concat();
    FunctionSet { scalar, aggregate, window: super::window::functions() }
}
