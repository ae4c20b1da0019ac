//! JSON: texts in their canonical form, with the keys of objects in order and no blanks.

mod array;
mod cast;
mod extract;
mod find;
mod number;
mod parse;
mod path;
mod sql;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub(super) use number::canonical;

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [array::functions(), cast::functions(), extract::functions(), parse::functions(), sql::functions()].concat()
}
