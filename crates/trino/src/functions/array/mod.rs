//! Arrays.

mod cardinality;
mod distinct;
mod element;
mod elements;
mod parts;
mod search;
mod sequence;
mod sets;
mod sort;
mod text;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;
pub(crate) use distinct::comparable;
pub(crate) use elements::{Elements, Picks, index};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [
        cardinality::functions(),
        element::functions(),
        parts::functions(),
        search::functions(),
        sequence::functions(),
        sets::functions(),
        sort::functions(),
        text::functions(),
    ]
    .concat()
}
